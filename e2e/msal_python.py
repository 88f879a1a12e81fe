"""MSAL for Python, unmodified, as a public client: user name and password, and the browser flow in
real Chromium with single sign-on, a second factor and silent renewal."""

import sys
import webbrowser

import msal

import browser
import local_cloud
import msal_device_code
import registration

SCOPE = msal_device_code.SCOPE


class Driven(webbrowser.BaseBrowser):
    """What MSAL takes for the system's browser."""

    def __init__(self, person):
        super().__init__("driven")
        self.person, self.running, self.last = person, None, ""

    def open(self, url, new=0, autoraise=True):
        def act(page):
            page.goto(url)
            self.person.sign_in(page)
            page.wait_for_url("http://localhost:*/**")
            self.last = page.inner_text("body")

        self.running = browser.in_background(act)
        return True


def interactive(app, user, **arguments) -> dict:
    driven = Driven(browser.Person(user))
    webbrowser.register("driven", None, driven, preferred=True)
    result = app.acquire_token_interactive([SCOPE], timeout=60, **arguments)
    driven.running.join()
    assert "access_token" in result, result
    assert "Authentication complete" in driven.last, driven.last
    return result


def main():
    with local_cloud.running(sys.argv[1]) as cloud:
        client_id = registration.Application(cloud).for_browsers().client_id
        service, megan = cloud.user(role=None), cloud.user(mfa=True)

        app = msal_device_code.application(cloud, client_id, msal.TokenCache())
        # MSAL drops the port when it asks for the user's realm; `lcs sandbox` answers that, and this
        # tells MSAL not to ask.
        app.authority._domains_without_user_realm_discovery.add("localhost")
        result = app.acquire_token_by_username_password(
            service["user_principal_name"], service["password"], scopes=[SCOPE]
        )
        assert "access_token" in result, result
        msal_device_code.validate(cloud, result["access_token"])
        refused = app.acquire_token_by_username_password(
            megan["user_principal_name"], megan["password"], scopes=[SCOPE]
        )
        assert refused["suberror"] == "basic_action" and 50076 in refused["error_codes"], refused

        for user, methods in [(service, ["pwd"]), (megan, ["pwd", "mfa"])]:
            app = msal_device_code.application(cloud, client_id, msal.TokenCache())
            result = interactive(app, user)
            claims = result["id_token_claims"]
            assert claims["preferred_username"] == user["user_principal_name"], claims
            amr = msal_device_code.unverified(result["access_token"])["amr"]
            assert amr == methods, amr
            account = app.get_accounts()[0]
            renewed = app.acquire_token_silent_with_error(
                [SCOPE], account=account, force_refresh=True
            )
            assert renewed and "access_token" in renewed, renewed
            print(f"MSAL {msal.__version__}: browser sign-in of {user['user_principal_name']} by {amr}")


if __name__ == "__main__":
    main()
