//! Named locations: address ranges that conditional access policies refer to, in the shape of
//! Microsoft Graph's `ipNamedLocation`.

use std::net::IpAddr;

use ipnet::IpNet;
use lcs_types::NamedLocationId;
use serde::{Deserialize, Serialize};

/// A named set of address ranges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedLocation {
    /// The id; policies refer to it.
    pub id: NamedLocationId,
    /// The name shown to administrators.
    pub display_name: String,
    /// Whether it is one of *all trusted locations*.
    #[serde(default)]
    pub is_trusted: bool,
    /// The ranges.
    pub ip_ranges: Vec<IpRange>,
}

/// Graph's `iPv4CidrRange` or `iPv6CidrRange`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "CidrRange", into = "CidrRange")]
pub struct IpRange(pub IpNet);

/// A range on the wire. Which kind it is follows from the address.
#[derive(Serialize, Deserialize)]
struct CidrRange {
    #[serde(rename = "@odata.type", default)]
    kind: String,
    #[serde(rename = "cidrAddress")]
    address: IpNet,
}

impl From<CidrRange> for IpRange {
    fn from(range: CidrRange) -> Self {
        Self(range.address)
    }
}

impl From<IpRange> for CidrRange {
    fn from(IpRange(address): IpRange) -> Self {
        let kind = match address {
            IpNet::V4(_) => "#microsoft.graph.iPv4CidrRange",
            IpNet::V6(_) => "#microsoft.graph.iPv6CidrRange",
        };
        Self {
            kind: kind.to_owned(),
            address,
        }
    }
}

impl NamedLocation {
    /// Whether an address is in one of the ranges. An IPv4 address is the same one when it arrives
    /// through an IPv6 socket.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.ip_ranges
            .iter()
            .any(|IpRange(range)| range.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_location_is_read_and_written_as_graph_does_and_knows_its_addresses() {
        let json = json!({
            "id": "198ad66e-87b3-4157-85a3-8a7b51794ee9",
            "displayName": "Office",
            "isTrusted": true,
            "ipRanges": [
                { "@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "12.34.220.0/22" },
                { "@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": "2001:db8::/48" }
            ]
        });
        let office: NamedLocation = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(&office).unwrap(), json);
        for (address, is_inside) in [
            ("12.34.223.255", true),
            ("12.34.224.0", false),
            ("::ffff:12.34.220.1", true),
            ("2001:db8::1", true),
            ("2001:db8:1::1", false),
        ] {
            assert_eq!(
                office.contains(address.parse().unwrap()),
                is_inside,
                "{address}"
            );
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for address in ["12.34.0.0/33", "12.34.0.0", "x"] {
            let range = serde_json::from_value::<IpRange>(json!({ "cidrAddress": address }));
            assert!(range.is_err(), "{address}");
        }
    }
}
