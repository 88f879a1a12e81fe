//! Which Azure regions lie in one geography. A refresh between Microsoft-managed environments
//! does not leave it ("Refresh database": same Azure geography, unless self-service).

/// The regions by the words in their display names ("Azure geographies"). The first that fits
/// counts.
const GEOGRAPHIES: &[(&str, &str)] = &[
    ("US Gov", "Azure Government"),
    ("US DoD", "Azure Government"),
    ("US", "United States"),
    ("Canada", "Canada"),
    ("Brazil", "Brazil"),
    ("Mexico", "Mexico"),
    ("North Europe", "Europe"),
    ("West Europe", "Europe"),
    ("UK", "United Kingdom"),
    ("France", "France"),
    ("Germany", "Germany"),
    ("Switzerland", "Switzerland"),
    ("Norway", "Norway"),
    ("Sweden", "Sweden"),
    ("Italy", "Italy"),
    ("Poland", "Poland"),
    ("Spain", "Spain"),
    ("UAE", "United Arab Emirates"),
    ("Qatar", "Qatar"),
    ("Israel", "Israel"),
    ("South Africa", "South Africa"),
    ("India", "India"),
    ("Japan", "Japan"),
    ("Korea", "Korea"),
    ("Australia", "Australia"),
    ("New Zealand", "New Zealand"),
    ("China", "China"),
    ("East Asia", "Asia Pacific"),
    ("Southeast Asia", "Asia Pacific"),
];

/// The geography of a region, by its display name, for example `West US`. A region that is not
/// known is a geography of its own.
pub fn geography_of(region: &str) -> &str {
    let contains = |word: &str| {
        let mut words = region.split_whitespace();
        match word.split_once(' ') {
            Some(_) => region.contains(word),
            None => words.any(|each| each == word),
        }
    };
    GEOGRAPHIES
        .iter()
        .find(|(word, _)| contains(word))
        .map_or(region, |(_, geography)| geography)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_one_geography_are_found() {
        for (region, geography) in [
            ("East US", "United States"),
            ("West US 3", "United States"),
            ("South Central US", "United States"),
            ("US Gov Virginia", "Azure Government"),
            ("North Europe", "Europe"),
            ("Central India", "India"),
            ("Australia East", "Australia"),
            ("Southeast Asia", "Asia Pacific"),
            ("Moon Base", "Moon Base"),
        ] {
            assert_eq!(geography_of(region), geography, "{region}");
        }
    }
}
