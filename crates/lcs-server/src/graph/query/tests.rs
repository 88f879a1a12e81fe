//! The rules of queries, over a collection as the directory has them.

use proptest::{collection::vec, option, prelude::*};
use serde_json::{Value, json};

use super::{
    Collection, Consistency, Kind, Place, QueryError, QueryOptions,
    filter::{Comparison, Condition, Filter, Literal, Path, TextFunction},
    parse,
};

const TOOLS: Collection = Collection {
    name: "tools",
    entity: "tool",
    place: Place::Directory {
        sorts_by: &["displayName"],
    },
    properties: &[
        ("id", Kind::Text),
        ("displayName", Kind::Text),
        ("mail", Kind::Text),
        ("appRoleId", Kind::Guid),
        ("accountEnabled", Kind::Boolean),
        ("createdDateTime", Kind::Instant),
        ("status/errorCode", Kind::Number),
        ("tags", Kind::Texts),
        ("appRoles", Kind::Objects),
        ("appRoles/value", Kind::Text),
        ("appRoles/isEnabled", Kind::Boolean),
    ],
    only_selected: &["mail"],
};

const LOG: Collection = Collection {
    place: Place::Elsewhere,
    ..TOOLS
};

fn tool() -> Value {
    json!({
        "id": "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11",
        "displayName": "Anna's tool",
        "mail": null,
        "appRoleId": "3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11",
        "accountEnabled": true,
        "createdDateTime": "2026-04-03T08:05:00Z",
        "status": { "errorCode": 50126 },
        "tags": ["one", "Two"],
        "appRoles": [{ "value": "Read", "isEnabled": true }, { "value": "Write", "isEnabled": false }],
    })
}

fn options(pairs: &[(&str, &str)]) -> QueryOptions {
    let query = serde_urlencoded::to_string(pairs).unwrap();
    QueryOptions::parse(Some(&query)).unwrap()
}

fn checked(
    pairs: &[(&str, &str)],
    collection: &Collection,
    consistency: Consistency,
) -> Result<(), QueryError> {
    let query = serde_urlencoded::to_string(pairs).unwrap();
    QueryOptions::parse(Some(&query))?.check(collection, consistency)
}

fn passes(filter: &str) -> bool {
    let options = options(&[("$filter", filter), ("$count", "true")]);
    options.check(&TOOLS, Consistency::Eventual).unwrap();
    options.matches(&tool())
}

#[test]
fn what_set_up_tools_ask_is_answered() {
    for filter in [
        "displayName eq 'anna''s TOOL'",
        "id eq '3F1F2A0E-7f0a-4a86-8c3c-6b2f0b6d1a11' and accountEnabled eq true",
        "id eq 3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11",
        "appRoleId eq 3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11",
        "startswith(displayName, 'anna')",
        "startsWith(displayName,'Anna''s') and (mail eq null or mail eq 'x')",
        "displayName ne 'x'",
        "not(displayName eq 'x')",
        "NOT startsWith(displayName,'x') AND NOT (mail eq 'y' OR mail eq 'z')",
        "not accountEnabled eq false",
        "id in ('a', '3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11')",
        "createdDateTime ge 2026-04-03T08:00:00Z and createdDateTime lt 2026-04-04",
        "createdDateTime le 2026-04-03T10:05:00+02:00",
        "status/errorCode eq 50126",
        "status/errorCode gt 0 and status/errorCode lt 50126.5",
        "tags/any(t:t eq 'two')",
        "tags/any(t:startswith(t,'on'))",
        "tags/any()",
        "not tags/any(t:t eq 'three')",
        "appRoles/any(r:r/value eq 'Read' and r/isEnabled eq true)",
        "appRoles/any(r:r/value eq 'Write' and accountEnabled eq true)",
    ] {
        assert!(passes(filter), "{filter}");
    }
    for filter in [
        "displayName eq 'Anna'",
        "mail ne null",
        "mail eq 'x' or mail gt 'a'",
        "createdDateTime gt 2026-04-03T08:05:00Z",
        "appRoles/any(r:r/value eq 'Write' and r/isEnabled eq true)",
        "displayName eq 'x' and mail eq null or mail eq 'y'",
        "id in ('a')",
        "endswith(mail,'x')",
    ] {
        assert!(!passes(filter), "{filter}");
    }
}

#[test]
fn and_binds_closer_than_or_and_not_closer_than_both() {
    for (filter, spelled_out, written) in [
        (
            "a eq 1 or b eq 2 and not c eq 3",
            "(a eq 1) or ((b eq 2) and (not (c eq 3)))",
            "a eq 1 or b eq 2 and not (c eq 3)",
        ),
        (
            "(a eq 1 or b eq 2) and c eq 3",
            "((a eq 1) or (b eq 2)) and (c eq 3)",
            "(a eq 1 or b eq 2) and c eq 3",
        ),
        (
            "a eq 1 and b eq 2 and c eq 3",
            "((a eq 1) and (b eq 2)) and (c eq 3)",
            "a eq 1 and b eq 2 and c eq 3",
        ),
    ] {
        let filter = parse(filter).unwrap();
        assert_eq!(filter, parse(spelled_out).unwrap());
        assert_eq!(filter.to_string(), written);
    }
}

#[test]
fn what_is_no_filter_is_refused_where_it_goes_wrong() {
    for (filter, position) in [
        ("", 0),
        ("displayName", 11),
        ("displayName eq", 14),
        ("displayName is 'x'", 12),
        ("displayName eq 'x", 15),
        ("displayName eq x", 15),
        ("displayName eq 'x' y", 19),
        ("a eq 'x' and", 12),
        ("(a eq 'x'", 9),
        ("a eq 'x')", 8),
        ("startswith(a)", 12),
        ("startswith(a,5)", 13),
        ("a in ()", 6),
        ("tags/any(t eq 'x')", 11),
        ("a eq 12-34", 5),
        ("a eq ab-cd", 5),
        ("a eq \u{e9}", 5),
        ("'x' eq a", 0),
    ] {
        let error = parse(filter).unwrap_err();
        let expected = QueryError::Syntax {
            position,
            text: filter.to_owned(),
        };
        assert_eq!(error, expected, "{filter}");
        assert_eq!(error.code(), "BadRequest");
        assert!(error.to_string().starts_with("Invalid filter clause: "));
    }
}

#[test]
fn a_filter_has_limits() {
    let deep = format!("{}a eq 1{}", "(".repeat(26), ")".repeat(26));
    assert_eq!(parse(&deep).unwrap_err(), QueryError::TooDeep);
    let many = vec!["a eq 1"; 101].join(" and ");
    assert_eq!(parse(&many).unwrap_err(), QueryError::TooManyTerms(100));
    let values = vec!["1"; 101].join(",");
    let wide = format!("a in ({values})");
    assert_eq!(parse(&wide).unwrap_err(), QueryError::TooManyTerms(100));
    let long = format!("a eq '{}'", "x".repeat(4096));
    assert_eq!(parse(&long).unwrap_err(), QueryError::TooLong(4096));
    let alternatives = |count| vec!["id eq 'x'"; count].join(" or ");
    let check = |filter: &str, collection| {
        checked(&[("$filter", filter)], collection, Consistency::Session)
    };
    assert_eq!(check(&alternatives(15), &TOOLS), Ok(()));
    let error = check(&alternatives(16), &TOOLS).unwrap_err();
    assert_eq!(error.code(), "Request_UnsupportedQuery");
    assert_eq!(check(&alternatives(16), &LOG), Ok(()));
}

#[test]
fn properties_must_exist_and_be_compared_as_what_they_are() {
    let refused =
        |filter: &str| checked(&[("$filter", filter)], &TOOLS, Consistency::Session).unwrap_err();
    for filter in [
        "colour eq 'red'",
        "status/colour eq 1",
        "appRoles/value eq 'Read'",
        "tags/any(t:colour eq 'red')",
        "appRoles/any(r:r/colour eq 'red')",
        "startswith(colour,'r')",
        "colour in ('r')",
        "colours/any(c:c eq 'red')",
    ] {
        let error = refused(filter);
        assert!(
            matches!(error, QueryError::UnknownProperty { .. }),
            "{filter}: {error}"
        );
    }
    assert_eq!(
        refused("colour eq 'red'").to_string(),
        "Invalid filter clause: Could not find a property named 'colour' on type 'microsoft.graph.tool'."
    );
    for filter in [
        "accountEnabled eq 'true'",
        "accountEnabled gt false",
        "displayName eq 5",
        "displayName gt null",
        "createdDateTime ge '2026-04-03'",
        "status/errorCode eq '0'",
        "appRoleId eq '3f1f2a0e-7f0a-4a86-8c3c-6b2f0b6d1a11'",
        "tags eq 'one'",
        "startswith(accountEnabled,'t')",
    ] {
        let error = refused(filter);
        assert!(
            matches!(error, QueryError::IncompatibleTypes(_)),
            "{filter}: {error}"
        );
    }
    for filter in ["displayName/any(c:c eq 'x')", "appRoles/any(r:r eq 'x')"] {
        let error = refused(filter);
        assert!(
            matches!(error, QueryError::UnsupportedClause { .. }),
            "{filter}: {error}"
        );
    }
}

#[test]
fn the_directory_answers_advanced_queries_only_with_header_and_count() {
    let cases: &[&[(&str, &str)]] = &[
        &[("$filter", "displayName ne 'x'")],
        &[("$filter", "not(displayName eq 'x')")],
        &[("$filter", "mail eq 'y' or not tags/any(t:t eq 'x')")],
        &[("$filter", "tags/any()")],
        &[("$filter", "endswith(mail,'x')")],
        &[("$orderby", "createdDateTime desc")],
        &[("$orderby", "displayName"), ("$filter", "id eq 'x'")],
    ];
    for pairs in cases {
        let counted: Vec<_> = pairs.iter().copied().chain([("$count", "true")]).collect();
        for (pairs, consistency) in [
            (*pairs, Consistency::Session),
            (*pairs, Consistency::Eventual),
            (&counted, Consistency::Session),
        ] {
            let error = checked(pairs, &TOOLS, consistency).unwrap_err();
            assert_eq!(error.code(), "Request_UnsupportedQuery", "{pairs:?}");
        }
        assert_eq!(checked(&counted, &TOOLS, Consistency::Eventual), Ok(()));
        assert_eq!(checked(pairs, &LOG, Consistency::Session), Ok(()));
    }
    let search = [("$search", "\"displayName:tool\"")];
    let error = checked(&search, &TOOLS, Consistency::Session).unwrap_err();
    assert_eq!(error, QueryError::SearchNeedsHeader);
    assert_eq!(checked(&search, &TOOLS, Consistency::Eventual), Ok(()));
    // What the index does not have either.
    for filter in ["contains(displayName,'x')", "endswith(displayName,'x')"] {
        let pairs = [("$filter", filter), ("$count", "true")];
        let error = checked(&pairs, &TOOLS, Consistency::Eventual).unwrap_err();
        assert!(matches!(error, QueryError::UnsupportedClause { .. }));
        assert_eq!(checked(&pairs, &LOG, Consistency::Session), Ok(()));
    }
}

#[test]
fn options_that_are_malformed_or_unknown_are_refused() {
    for query in [
        "$top=0",
        "$top=1000",
        "$top=x",
        "$count=maybe",
        "$skip=5",
        "$expand=owners",
        "$apply=x",
        "$top=1&$top=2",
        "$search=displayName:x",
        "$search=\"displayName\"",
        "$search=\"displayName:x\"%20\"mail:y\"",
        "$orderby=",
        "$orderby=displayName%20down",
        "$orderby=displayName%20asc%20x",
        "$skiptoken=%21",
    ] {
        assert!(QueryOptions::parse(Some(query)).is_err(), "{query}");
    }
    for query in [
        "$filter=id%20eq%20'x'",
        "$top=1",
        "$count=true",
        "$orderby=id",
    ] {
        let options = QueryOptions::parse(Some(query)).unwrap();
        assert!(options.check_single().is_err(), "{query}");
    }
    let options = QueryOptions::parse(Some("$select=id&api-version=1&$format=json")).unwrap();
    assert_eq!(options.check_single(), Ok(()));
}

#[test]
fn selection_keeps_the_id() {
    let options = QueryOptions::parse(Some("$select=appId,%20displayName,colour")).unwrap();
    let object = json!({"id": 1, "appId": 2, "displayName": 3, "tags": []});
    let shown = options.project(&TOOLS, object);
    assert_eq!(shown, json!({"id": 1, "appId": 2, "displayName": 3}));
    assert_eq!(
        options.context_of("tools"),
        "tools(appId,displayName,colour)"
    );
}

#[test]
fn what_is_shown_only_when_it_is_selected_is_selected_by_name_or_with_all() {
    for (query, is_shown) in [("", false), ("$select=mail", true), ("$select=*", true)] {
        let options = QueryOptions::parse(Some(query)).unwrap();
        let shown = options.project(&TOOLS, json!({"id": 1, "mail": "a@contoso.com"}));
        assert_eq!(shown.get("mail").is_some(), is_shown, "{query}");
    }
}

#[test]
fn pages_go_on_behind_the_last_of_those_that_share_an_id() {
    let objects = || ["a", "b", "b", "c"].map(|id| json!({ "id": id })).to_vec();
    let mut query = "$top=1".to_owned();
    let mut pages = 0;
    loop {
        let options = QueryOptions::parse(Some(&query)).unwrap();
        let page = options.page(&LOG, objects(), Consistency::Session).unwrap();
        pages += 1;
        assert!(pages < 5, "a circle");
        match page.next_query {
            Some(next) => query = next,
            None => break,
        }
    }
}

#[test]
fn a_search_finds_the_beginnings_of_words() {
    let finds = |search: &str| {
        let options = options(&[("$search", search)]);
        options.check(&TOOLS, Consistency::Eventual).unwrap();
        options.matches(&tool())
    };
    for search in [
        "\"displayName:tool\"",
        "\"displayName:too ann\"",
        "\"mail:x\" OR \"displayName:anna\"",
        "\"id:3f1f\" AND \"displayName:tool\"",
        "\"mail:x\" AND \"mail:y\" OR \"id:3F\"",
    ] {
        assert!(finds(search), "{search}");
    }
    for search in [
        "\"displayName:ool\"",
        "\"id:1f\"",
        "\"id:3f\" AND \"mail:x\"",
    ] {
        assert!(!finds(search), "{search}");
    }
    let unknown = [("$search", "\"colour:red\"")];
    let error = checked(&unknown, &TOOLS, Consistency::Eventual).unwrap_err();
    assert!(matches!(error, QueryError::UnknownProperty { .. }));
}

fn ids(objects: &[Value]) -> Vec<&str> {
    objects.iter().filter_map(|it| it["id"].as_str()).collect()
}

fn numbered(count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| json!({"id": format!("{number:03}"), "displayName": format!("tool {}", number % 2)}))
        .collect()
}

#[test]
fn a_list_is_sorted_by_several_properties_and_nothing_comes_first() {
    let objects = vec![
        json!({"id": "a", "displayName": "b", "mail": "x"}),
        json!({"id": "b", "displayName": "B"}),
        json!({"id": "c", "displayName": "a", "mail": "y"}),
        json!({"id": "d", "displayName": "b", "mail": "z"}),
    ];
    let options = options(&[("$orderby", "displayName desc,mail")]);
    let page = options.page(&LOG, objects, Consistency::Session).unwrap();
    assert_eq!(ids(&page.value), ["b", "a", "d", "c"]);
}

#[test]
fn pages_follow_each_other_to_the_end_and_carry_the_query() {
    let pairs = [
        ("$filter", "startswith(displayName,'tool 1')"),
        ("$top", "3"),
        ("$count", "true"),
        ("$select", "id"),
    ];
    let mut options = options(&pairs);
    let mut seen = Vec::new();
    loop {
        let page = options
            .page(&TOOLS, numbered(16), Consistency::Eventual)
            .unwrap();
        assert_eq!(page.count, Some(8));
        assert!(page.value.len() <= 3);
        assert!(page.value.iter().all(|it| it.get("displayName").is_none()));
        seen.extend(ids(&page.value).into_iter().map(str::to_owned));
        match page.next_query {
            Some(query) => options = QueryOptions::parse(Some(&query)).unwrap(),
            None => break,
        }
    }
    let odd: Vec<String> = (0..8)
        .map(|number| format!("{:03}", 2 * number + 1))
        .collect();
    assert_eq!(seen, odd);
}

#[test]
fn a_page_has_a_hundred_objects_and_the_last_has_no_link() {
    let page = |query: Option<&str>, count| {
        let options = QueryOptions::parse(query).unwrap();
        options.page(&TOOLS, numbered(count), Consistency::Session)
    };
    let first = page(None, 101).unwrap();
    assert_eq!((first.value.len(), first.count), (100, None));
    let next = first.next_query.unwrap();
    let second = page(Some(&next), 101).unwrap();
    assert_eq!(ids(&second.value), ["100"]);
    assert_eq!(second.next_query, None);
    assert_eq!(page(None, 100).unwrap().next_query, None);
    assert_eq!(page(None, 0).unwrap().value, Vec::<Value>::new());
    // The object that the page goes on behind is gone.
    assert_eq!(page(Some(&next), 50), Err(QueryError::PageToken));
}

#[test]
fn the_directory_counts_only_with_the_header_and_says_nothing() {
    let options = options(&[("$count", "true")]);
    assert_eq!(options.check(&TOOLS, Consistency::Session), Ok(()));
    let count = |collection, consistency| {
        let page = options.page(collection, numbered(3), consistency);
        page.unwrap().count
    };
    assert_eq!(count(&TOOLS, Consistency::Session), None);
    assert_eq!(count(&TOOLS, Consistency::Eventual), Some(3));
    assert_eq!(count(&LOG, Consistency::Session), Some(3));
}

fn name() -> impl Strategy<Value = String> {
    // Not the words of the language: they are read as such.
    "[a-zA-Z_][a-zA-Z0-9_]{0,8}".prop_filter("a word of the language", |name| {
        let words = ["and", "or", "not", "in", "any", "null", "true", "false"];
        !words.iter().any(|word| name.eq_ignore_ascii_case(word))
    })
}

fn path() -> impl Strategy<Value = Path> {
    vec(name(), 1..3).prop_map(Path)
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(|number| Literal::Number(number.into())),
        (-1.0e9..1.0e9).prop_filter_map("finite", |number: f64| {
            serde_json::Number::from_f64(number).map(Literal::Number)
        }),
        "\\PC{0,12}".prop_map(Literal::Text),
        any::<u128>().prop_map(|bits| Literal::Guid(lcs_types::ObjectId::from_u128(bits))),
        (0i64..4_000_000_000, 0i32..1_000_000_000).prop_map(|(seconds, nanoseconds)| {
            Literal::Instant(jiff::Timestamp::new(seconds, nanoseconds).unwrap())
        }),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let comparison = proptest::sample::select(Comparison::ALL.to_vec());
    let function = proptest::sample::select(TextFunction::ALL.to_vec());
    let leaf = prop_oneof![
        (path(), comparison, literal())
            .prop_map(|(path, comparison, literal)| Filter::Compare(path, comparison, literal)),
        (path(), vec(literal(), 1..4)).prop_map(|(path, literals)| Filter::In(path, literals)),
        (function, path(), "\\PC{0,12}")
            .prop_map(|(function, path, text)| Filter::Text(function, path, text)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new).boxed();
        let condition =
            (name(), inner).prop_map(|(variable, filter)| Box::new(Condition { variable, filter }));
        prop_oneof![
            (boxed.clone(), boxed.clone()).prop_map(|(left, right)| Filter::And(left, right)),
            (boxed.clone(), boxed.clone()).prop_map(|(left, right)| Filter::Or(left, right)),
            boxed.prop_map(Filter::Not),
            (path(), option::of(condition))
                .prop_map(|(path, condition)| Filter::Any(path, condition)),
        ]
    })
}

proptest! {
    #[test]
    fn a_filter_that_is_printed_is_read_back(filter in filter()) {
        let text = filter.to_string();
        prop_assert_eq!(parse(&text).unwrap(), filter, "{}", text);
    }

    // A chain as long and negations as deep as are read at all.
    #[test]
    fn a_long_chain_and_many_negations_are_read_back(
        length in 1_usize..=100,
        depth in 0_usize..=25,
        operator in proptest::sample::select(vec![" and ", " or "]),
    ) {
        let chain = vec!["a eq 1"; length].join(operator);
        let negations = format!("{}a eq 1", "not ".repeat(depth));
        for text in [chain, negations] {
            let filter = parse(&text).unwrap();
            prop_assert_eq!(parse(&filter.to_string()).unwrap(), filter);
        }
    }

    #[test]
    fn foreign_text_is_read_or_refused(text in "\\PC{0,80}") {
        let _ = parse(&text);
        let _ = QueryOptions::parse(Some(&text));
    }

    #[test]
    fn text_of_the_language_in_any_order_is_read_or_refused(
        words in vec(
            proptest::sample::select(vec![
                "a", "and", "or", "not", "eq", "in", "any", "startswith", "(", ")", ",", "/", ":",
                "'x'", "5", "2026-01-01", "null", " ", "-",
            ]),
            0..30,
        )
    ) {
        if let Ok(filter) = parse(&words.concat()) {
            let _ = super::evaluate::matches(&filter, &tool());
            prop_assert_eq!(parse(&filter.to_string()).unwrap(), filter);
        }
    }
}
