"""Registrations beyond the article's, through Microsoft Graph."""

import base64
import datetime
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

import four_steps

GRAPH = "00000003-0000-0000-c000-000000000000"
# A public client that stands in every tenant.
GRAPH_COMMAND_LINE = "14d82eec-204b-4c2f-b7e8-296a70dab67e"


class Application:
    """The article's registration, with what a test adds."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.client_id = four_steps.register(cloud)
        self.token = cloud.graph_token(cloud.user(role="Global Administrator"))
        self.url = f"{cloud.ready['graph']}/applications(appId='{self.client_id}')"

    def change(self, **properties):
        answer = self.cloud.call("PATCH", self.url, token=self.token, body=properties)
        assert answer.status == 204, answer

    def for_browsers(self):
        """Lets people sign in through a loopback redirect."""
        self.change(publicClient={"redirectUris": ["http://localhost"]})
        return self

    def service_principal(self, client_id: str) -> dict:
        url = f"{self.cloud.ready['graph']}/servicePrincipals(appId='{client_id}')"
        answer = self.cloud.call("GET", url, token=self.token)
        assert answer.status == 200, answer
        return answer.json()

    def allow_itself(self, role: str):
        """Grants an application permission for Microsoft Graph, as an administrator does."""
        client, graph = self.service_principal(self.client_id), self.service_principal(GRAPH)
        role = next(r for r in graph["appRoles"] if r["value"] == role)
        url = f"{self.cloud.ready['graph']}/servicePrincipals/{client['id']}/appRoleAssignments"
        answer = self.cloud.call("POST", url, token=self.token, body={
            "principalId": client["id"], "resourceId": graph["id"], "appRoleId": role["id"],
        })
        assert answer.status == 201, answer

    def without_consent(self):
        """Takes back what the administrator granted."""
        graph = self.cloud.ready["graph"]
        client = self.service_principal(self.client_id)
        chosen = urllib.parse.quote(f"clientId eq '{client['id']}'")
        url = f"{graph}/oauth2PermissionGrants"
        grants = self.cloud.call("GET", f"{url}?$filter={chosen}", token=self.token).json()["value"]
        for grant in grants:
            answer = self.cloud.call("DELETE", f"{url}/{grant['id']}", token=self.token)
            assert answer.status == 204, answer
        return self

    def add_secret(self) -> str:
        answer = self.cloud.call("POST", f"{self.url}/addPassword", token=self.token,
                                 body={"passwordCredential": {"displayName": "end to end"}})
        assert answer.status == 200, answer
        return answer.json()["secretText"]

    def add_certificate(self) -> tuple[bytes, bytes]:
        """A new certificate; returns key and certificate, PEM."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "end to end")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
        )
        der = certificate.public_bytes(serialization.Encoding.DER)
        self.change(keyCredentials=[{
            "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "end to end",
            "key": base64.b64encode(der).decode(),
        }])
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return pem, certificate.public_bytes(serialization.Encoding.PEM)


def thumbprint(certificate: bytes) -> str:
    """The SHA-256 digest by which MSAL for Node names a certificate."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex()
