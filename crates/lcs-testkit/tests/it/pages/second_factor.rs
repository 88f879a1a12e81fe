//! The authenticator app, setting one up, and changing a password that may not be used as it is.

use lcs_directory::model::PasswordState;

use super::{authorize_url, claims, code_of, redeem};
use crate::{
    browser::{Browser, one_time_code},
    refusals::authority::Authority,
};

#[tokio::test]
async fn a_code_of_the_app_completes_the_sign_in_once() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let user = authority.cloud.mfa_user().clone();
    let mut browser = Browser::new(&authority.cloud);
    let url = authorize_url(&authority, &tool, &[]);
    let page = browser.open(&url).await;
    let page = browser.sign_in(&page, &user).await;
    page.says("Enter the code that your authenticator app shows");
    let page = browser.submit(&page, &[("otc", "000000")], "verify").await;
    page.says("AADSTS500121");
    let code = one_time_code(&authority.cloud, user.totp_secret.as_ref().unwrap());
    let page = browser
        .submit(&page, &[("otc", code.expose())], "verify")
        .await;
    let answer = redeem(&authority, &tool, &code_of(&page), &[]).await;
    let amr = &claims(&answer, "access_token")["amr"];
    assert_eq!(*amr, serde_json::json!(["pwd", "mfa"]));
    // Single sign-on remembers both factors, and so does a renewal.
    code_of(&browser.open(&url).await);
    let refresh = answer.text("refresh_token");
    authority.renew(&tool, &refresh, &[]).await.granted();

    let mut thief = Browser::new(&authority.cloud);
    let page = thief.open(&url).await;
    let page = thief.sign_in(&page, &user).await;
    let page = thief
        .submit(&page, &[("otc", code.expose())], "verify")
        .await;
    page.says("AADSTS500121");
}

#[tokio::test]
async fn who_has_no_app_sets_one_up_first() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let user = authority.cloud.service_user().clone();
    authority
        .cloud
        .change_user(&user, |user| {
            user.multifactor = lcs_directory::model::Multifactor::Required;
        })
        .await
        .unwrap();
    let mut browser = Browser::new(&authority.cloud);
    let url = authorize_url(&authority, &tool, &[]);
    let page = browser.open(&url).await;
    let page = browser.sign_in(&page, &user).await;
    page.says("Keep your account secure");
    let secret = page
        .body
        .split_once("data-testid=\"totp-secret\">")
        .unwrap()
        .1;
    let secret = secret.split('<').next().unwrap().to_owned();
    let page = browser.submit(&page, &[("otc", "123")], "enrol").await;
    page.says("AADSTS500121");
    let code = one_time_code(&authority.cloud, &secret);
    let page = browser
        .submit(&page, &[("otc", code.expose())], "enrol")
        .await;
    code_of(&page);
    // From now on the app is asked for.
    let mut later = Browser::new(&authority.cloud);
    let page = later.open(&url).await;
    let page = later.sign_in(&page, &user).await;
    page.says("Enter the code that your authenticator app shows");
}

#[tokio::test]
async fn a_password_that_an_administrator_set_is_changed_first() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut user = authority.cloud.service_user().clone();
    authority
        .cloud
        .change_user(&user, |user| {
            user.password_state = PasswordState::MustChange;
        })
        .await
        .unwrap();
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let page = browser.sign_in(&page, &user).await;
    page.says("Update your password");
    let new = "A password that is new";
    let fill = |old: &str, new: &str, again: &str| {
        [
            ("oldpasswd".to_owned(), old.to_owned()),
            ("newpasswd".to_owned(), new.to_owned()),
            ("confirmnewpasswd".to_owned(), again.to_owned()),
        ]
    };
    let old = user.password.clone();
    for (fields, says) in [
        (fill(&old, new, "x"), "The two new passwords differ"),
        (fill(&old, "short", "short"), "8 to 256 characters"),
        (fill(&old, "password", "password"), "three of these kinds"),
        (fill(&old, &old, &old), "not the current one"),
        (fill("wrong", new, new), "AADSTS50126"),
    ] {
        let fields: Vec<_> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        browser.submit(&page, &fields, "change").await.says(says);
    }
    let fields = fill(&old, new, new);
    let fields: Vec<_> = fields
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    let page = browser.submit(&page, &fields, "change").await;
    page.says("Enter password");
    new.clone_into(&mut user.password);
    let page = browser
        .submit(&page, &[("passwd", user.password.as_str())], "signin")
        .await;
    code_of(&page);
}
