//! The words that names and addresses are made of.

/// A company of the sample, a legal entity.
#[derive(Debug)]
pub(super) struct Company {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) currency: &'static str,
    pub(super) country: &'static str,
    pub(super) language: &'static str,
    pub(super) tax_percent: i64,
    pub(super) dialling_code: &'static str,
    pub(super) cities: &'static [City],
    pub(super) streets: &'static [&'static str],
}

/// A place that addresses are in.
#[derive(Debug)]
pub(super) struct City {
    pub(super) name: &'static str,
    pub(super) state: &'static str,
    /// The first digits of its postal codes, which have five.
    pub(super) postal_prefix: &'static str,
}

const fn city(name: &'static str, state: &'static str, postal_prefix: &'static str) -> City {
    City {
        name,
        state,
        postal_prefix,
    }
}

/// The trading companies; the virtual company `dat` is not among them.
pub(super) const COMPANIES: [Company; 2] = [
    Company {
        id: "usmf",
        name: "Contoso Entertainment System USA",
        currency: "USD",
        country: "USA",
        language: "en-us",
        tax_percent: 8,
        dialling_code: "+1 555 01",
        cities: &[
            city("Seattle", "WA", "981"),
            city("Portland", "OR", "972"),
            city("Denver", "CO", "802"),
            city("Chicago", "IL", "606"),
            city("Boston", "MA", "021"),
            city("Austin", "TX", "787"),
            city("Atlanta", "GA", "303"),
            city("Minneapolis", "MN", "554"),
        ],
        streets: &[
            "Birch Street",
            "Lake Avenue",
            "Harbor Road",
            "Maple Drive",
            "Summit Boulevard",
            "Mill Lane",
            "Orchard Way",
            "Station Road",
        ],
    },
    Company {
        id: "demf",
        name: "Contoso Entertainment System Germany",
        currency: "EUR",
        country: "DEU",
        language: "de",
        tax_percent: 19,
        dialling_code: "+49 30 5550",
        cities: &[
            city("Berlin", "BE", "101"),
            city("Hamburg", "HH", "203"),
            city("München", "BY", "803"),
            city("Köln", "NW", "506"),
            city("Leipzig", "SN", "041"),
            city("Nürnberg", "BY", "904"),
        ],
        streets: &[
            "Lindenstraße",
            "Am Mühlbach",
            "Gartenweg",
            "Schulstraße",
            "Bahnhofsallee",
            "Hafenring",
            "Rosenweg",
        ],
    },
];

pub(super) const GIVEN_NAMES: [&str; 24] = [
    "Anna", "Ben", "Carla", "David", "Elena", "Felix", "Greta", "Hassan", "Irina", "Jonas",
    "Katja", "Liam", "Maya", "Nils", "Olivia", "Pedro", "Ravi", "Sofia", "Tomás", "Ursula",
    "Viktor", "Wei", "Yara", "Zoe",
];

pub(super) const FAMILY_NAMES: [&str; 24] = [
    "Abel",
    "Brandt",
    "Costa",
    "Dietz",
    "Eriksen",
    "Fischer",
    "Gómez",
    "Hart",
    "Ivanova",
    "Jensen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Patel",
    "Quist",
    "Rossi",
    "Schäfer",
    "Tanaka",
    "Ullman",
    "Vega",
    "Winter",
    "Young",
];

pub(super) const BUSINESS_FIRST_WORDS: [&str; 24] = [
    "Alpine",
    "Blue Yonder",
    "Cedar",
    "Delta",
    "Evergreen",
    "Forest",
    "Granite",
    "Harbour",
    "Indigo",
    "Juniper",
    "Kestrel",
    "Lighthouse",
    "Meridian",
    "Northern",
    "Oakwood",
    "Pacific",
    "Quartz",
    "Riverside",
    "Summit",
    "Tailspin",
    "Urban",
    "Valley",
    "Westwind",
    "Zenith",
];

pub(super) const BUSINESS_SECOND_WORDS: [&str; 16] = [
    "Audio",
    "Cinemas",
    "Electronics",
    "Events",
    "Furniture",
    "Games",
    "Hotels",
    "Interiors",
    "Logistics",
    "Media",
    "Music",
    "Outfitters",
    "Retail",
    "Schools",
    "Stores",
    "Wholesale",
];

pub(super) const PRODUCT_KINDS: [(&str, &str, u32, u32); 10] = [
    ("Speaker", "Audio", 90, 420),
    ("Headphones", "Audio", 35, 260),
    ("Television", "TV&Video", 310, 1900),
    ("Projector", "TV&Video", 420, 2400),
    ("Turntable", "Audio", 140, 780),
    ("Game Console", "Games", 210, 520),
    ("Controller", "Games", 25, 95),
    ("Cable Set", "Accessory", 4, 40),
    ("Wall Mount", "Accessory", 18, 130),
    ("Media Player", "TV&Video", 45, 240),
];

pub(super) const PRODUCT_LINES: [&str; 12] = [
    "Aurora", "Basalt", "Comet", "Drift", "Echo", "Fjord", "Glacier", "Halo", "Ion", "Juno",
    "Krypton", "Lumen",
];

/// The letters of a name that may stand in a mail address or an alias.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter {
            'ä' | 'á' => Some('a'),
            'ö' | 'ó' => Some('o'),
            'ü' => Some('u'),
            ' ' | '-' => Some('-'),
            letter if letter.is_ascii_alphanumeric() => Some(letter.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}
