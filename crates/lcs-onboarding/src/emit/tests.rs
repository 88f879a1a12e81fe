use super::*;

/// With everything in it that a form could trip over.
fn request(display_name: &str) -> EmitRequest {
    EmitRequest {
        tenant: "contoso.com".to_owned(),
        display_name: display_name.to_owned(),
        graph_url: "https://graph.microsoft.com/v1.0".parse().unwrap(),
    }
}

#[test]
fn the_terraform_configuration() {
    insta::assert_snapshot!(terraform(&request("LCS toolkit")));
}

#[test]
fn the_clicks_in_the_portal() {
    insta::assert_snapshot!(portal(&request("LCS toolkit")));
}

#[test]
fn the_script_for_the_azure_cli() {
    insta::assert_snapshot!(azure_cli(&request("LCS toolkit")));
}

#[test]
fn names_cannot_break_out_of_a_form() {
    let nasty = r#"it's "$(rm -rf /)" ${var.x} \"#;
    let configuration = terraform(&request(nasty));
    assert!(
        configuration.contains(r#"= "it's \"$(rm -rf /)\" $${var.x} \\""#),
        "{configuration}"
    );
    let script = azure_cli(&request(nasty));
    assert!(
        script.contains(r#"name='it'\''s "$(rm -rf /)" ${var.x} \'"#),
        "{script}"
    );
}

#[cfg(unix)]
#[test]
fn a_shell_understands_the_script() {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };
    for name in ["LCS toolkit", r#"it's "$(false)" \"#] {
        let mut shell = Command::new("bash")
            .arg("-n")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = shell.stdin.take().unwrap();
        stdin
            .write_all(azure_cli(&request(name)).as_bytes())
            .unwrap();
        drop(stdin);
        assert!(shell.wait().unwrap().success(), "{name}");
    }
}

#[test]
fn the_admin_consent_url_asks_for_lcs_in_this_tenant() {
    let url = admin_consent_url(
        "https://login.microsoftonline.com",
        "contoso.com",
        ClientId::from_u128(7),
        "https://lcsapi.lcs.dynamics.com",
    );
    assert_eq!(
        url,
        "https://login.microsoftonline.com/contoso.com/v2.0/adminconsent\
         ?client_id=00000000-0000-0000-0000-000000000007\
         &scope=https%3A%2F%2Flcsapi.lcs.dynamics.com%2F.default\
         &redirect_uri=http%3A%2F%2Flocalhost&state=lcs-setup"
    );
}
