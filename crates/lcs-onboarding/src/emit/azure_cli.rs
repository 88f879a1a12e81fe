//! A script for the Azure CLI.
//!
//! It calls Graph through `az rest` for consent, because `az ad app permission grant` deletes the
//! users' own grants first (azure-cli issue 20974).

use lcs_wire::well_known::{LCS_CLIENT_ID, LCS_USER_IMPERSONATION_ID, USER_IMPERSONATION};

use super::EmitRequest;

const SCRIPT: &str = r#"#!/usr/bin/env bash
# Registers an application that may use Lifecycle Services in the name of its users, as
# `lcs setup` does. Made by `lcs setup --emit azure-cli`. It may run again: it adds what is missing
# and removes nothing. Needs the Azure CLI 2.37 or newer, signed in as an administrator:
#   az login --tenant @TENANT_TEXT@ --allow-no-subscriptions
set -euo pipefail

tenant=@TENANT@
name=@NAME@
graph=@GRAPH@
lcs=@LCS@
permission=@PERMISSION@
redirect='http://localhost'

ask() { az rest --only-show-errors --resource "${graph%/v1.0}" "$@"; }
literal() { printf '%s' "$1" | sed "s/'/''/g"; }

if [ "${LCS_SKIP_TENANT_CHECK:-}" = '' ]; then
  here=$(ask --method get --url "$graph/organization" --query 'value[0].[id,verifiedDomains[].name]' --output json)
  case "$(printf '%s' "$here" | tr 'A-Z' 'a-z')" in
    *"\"$(printf '%s' "$tenant" | tr 'A-Z' 'a-z')\""*) ;;
    *) echo "signed in to another tenant than $tenant: az login --tenant $tenant" >&2; exit 1 ;;
  esac
fi

# The service principal of an application: its object id, created when it is not there.
principal() {
  local id
  id=$(ask --method get --url "$graph/servicePrincipals" --url-parameters "\$filter=appId eq '$1'" --query 'value[0].id' --output tsv)
  if [ -z "$id" ]; then
    echo "creating the service principal of $1" >&2
    for pause in 2 4 8 16 32 0; do
      if id=$(ask --method post --url "$graph/servicePrincipals" --body "{\"appId\":\"$1\"}" --query id --output tsv); then break; fi
      [ "$pause" -gt 0 ] || exit 1
      sleep "$pause"
    done
  fi
  printf '%s' "$id"
}

# Makes a call again while Graph does not know everywhere what was created a moment ago.
patiently() {
  local pause
  for pause in 2 4 8 16 32 0; do
    if "$@"; then return; fi
    [ "$pause" -gt 0 ] || exit 1
    sleep "$pause"
  done
}

# Step 1: the registration, by name.
filter="displayName eq '$(literal "$name")'"
found=$(ask --method get --url "$graph/applications" --url-parameters "\$filter=$filter" --query 'value[].id' --output tsv)
case "$(printf '%s' "$found" | grep -c . || true)" in
  0)
    echo "creating the registration $name" >&2
    json_name=@JSON_NAME@
    object=$(ask --method post --url "$graph/applications" --query id --output tsv \
      --body "{\"displayName\":$json_name,\"signInAudience\":\"AzureADMyOrg\",\"publicClient\":{\"redirectUris\":[\"$redirect\"]}}")
    ;;
  1) object=$found ;;
  *) echo "several applications are called $name" >&2; exit 1 ;;
esac
application="$graph/applications/$object"
show() { ask --method get --url "$application" "$@"; }
client=$(patiently show --query appId --output tsv)

# What is there stays: lists are replaced whole, so they are read first.
uris=$(show --query 'publicClient.redirectUris' --output json)
case "$uris" in
  *"\"$redirect\""*) ;;
  *)
    uris=$(printf '%s' "$uris" | tr -d '\n' | sed "s|^ *\[ *\]|[\"$redirect\"]|; t; s|\] *$|,\"$redirect\"]|")
    patiently ask --method patch --url "$application" --body "{\"publicClient\":{\"redirectUris\":$uris}}"
    ;;
esac

# Step 2: LCS by its GUID, and the delegated permission.
resource=$(principal "$lcs")
scope_id=$(ask --method get --url "$graph/servicePrincipals/$resource" --query "oauth2PermissionScopes[?value=='@VALUE@' && isEnabled].id | [0]" --output tsv)
permission=${scope_id:-$permission}
wanted=$(show --query "requiredResourceAccess[?resourceAppId=='$lcs'].resourceAccess[] | [?id=='$permission' && type=='Scope'].id | [0]" --output tsv)
if [ -z "$wanted" ]; then
  others=$(show --query "requiredResourceAccess[?resourceAppId!='$lcs']" --output json | tr -d '\n' | sed 's/^ *\[//; s/\] *$//')
  own=$(show --query "requiredResourceAccess[?resourceAppId=='$lcs'].resourceAccess[]" --output json | tr -d '\n' | sed 's/^ *\[//; s/\] *$//')
  entry="{\"id\":\"$permission\",\"type\":\"Scope\"}"
  [ -z "$(printf '%s' "$own" | tr -d ' ')" ] || entry="$own,$entry"
  entry="{\"resourceAppId\":\"$lcs\",\"resourceAccess\":[$entry]}"
  [ -z "$(printf '%s' "$others" | tr -d ' ')" ] || entry="$others,$entry"
  patiently ask --method patch --url "$application" --body "{\"requiredResourceAccess\":[$entry]}"
fi

# Step 2, consent: one grant for all users; the values of one that is there are kept.
consumer=$(principal "$client")
filter="clientId eq '$consumer' and resourceId eq '$resource' and consentType eq 'AllPrincipals'"
grant=$(ask --method get --url "$graph/oauth2PermissionGrants" --url-parameters "\$filter=$filter" --query 'value[0].id' --output tsv)
if [ -z "$grant" ]; then
  patiently ask --method post --url "$graph/oauth2PermissionGrants" --output none \
    --body "{\"clientId\":\"$consumer\",\"consentType\":\"AllPrincipals\",\"resourceId\":\"$resource\",\"scope\":\"@VALUE@\"}"
else
  scope=$(ask --method get --url "$graph/oauth2PermissionGrants" --url-parameters "\$filter=$filter" --query 'value[0].scope' --output tsv)
  case " $scope " in
    *' @VALUE@ '*) ;;
    *) ask --method patch --url "$graph/oauth2PermissionGrants/$grant" --body "{\"scope\":\"$scope @VALUE@\"}" ;;
  esac
fi

# Step 3: the public client switch.
if [ "$(show --query isFallbackPublicClient --output json)" != true ]; then
  patiently ask --method patch --url "$application" --body '{"isFallbackPublicClient":true}'
fi

echo "application (client) id: $client" >&2
printf '%s\n' "$client"
"#;

/// A script that does what the set-up does, and may run again.
pub fn azure_cli(request: &EmitRequest) -> String {
    let json_name = serde_json::Value::from(request.display_name.clone()).to_string();
    let graph = request.graph_url.as_str().trim_end_matches('/');
    SCRIPT
        .replace("@TENANT_TEXT@", &one_line(&quoted(&request.tenant)))
        .replace("@TENANT@", &quoted(&request.tenant))
        .replace("@GRAPH@", &quoted(graph))
        .replace("@LCS@", &quoted(&LCS_CLIENT_ID.to_string()))
        .replace(
            "@PERMISSION@",
            &quoted(&LCS_USER_IMPERSONATION_ID.to_string()),
        )
        .replace("@VALUE@", USER_IMPERSONATION)
        .replace("@JSON_NAME@", &quoted(&json_name))
        .replace("@NAME@", &quoted(&request.display_name))
}

/// A word of the shell that means exactly this text.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Nothing may end a comment early.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
