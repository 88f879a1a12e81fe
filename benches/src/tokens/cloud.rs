//! The local cloud as a process, with an application that may use every grant.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use reqwest::Client;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

/// No environments: their sample databases are not what is measured.
const CONFIG: &str = r#"
environments = []
[tenant]
id = "6f2d8e1c-94b7-4c0a-a3d5-1e7fb820c964"
display_name = "Contoso"
domain = "contoso.onmicrosoft.com"
[project]
id = 1234567
name = "Contoso"
organization_id = 4711
[[users]]
id = "1b0e5a74-3c8f-4d26-9e61-7a42d05c8f13"
user_principal_name = "admin@contoso.onmicrosoft.com"
display_name = "Administrator"
roles = ["Global Administrator"]
project_role = "Project owner"
"#;
const LCS: &str = "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0";
const LCS_PERMISSION: &str = "a8737248-d2c2-4a7c-9759-3dfaad5c2f19";
const GRAPH_TOOLS: &str = "14d82eec-204b-4c2f-b7e8-296a70dab67e";

/// A running local cloud. Ends with the value.
#[derive(Debug)]
pub(crate) struct Cloud {
    process: Child,
    ready: Ready,
    _folder: TempDir,
}

/// What machines are told of it.
#[derive(Debug, Deserialize)]
struct Ready {
    origin: String,
    ca_certificate: String,
    tenant_id: String,
    graph: String,
    users: Vec<User>,
}

#[derive(Debug, Deserialize)]
struct User {
    user_principal_name: String,
    password: String,
}

/// What requests need.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) token_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) user_name: String,
    pub(crate) password: String,
}

/// Bytes of memory that are resident; nothing where the system does not say.
pub(crate) type Memory = Option<u64>;

impl Cloud {
    /// Starts it and waits until it accepts connections.
    pub(crate) async fn start(lcs: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (config, ready_file) = (folder.path().join("c.toml"), folder.path().join("ready"));
        fs::write(&config, CONFIG)?;
        let mut process = Command::new(lcs)
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(&config)
            .arg("--data-dir")
            .arg(folder.path().join("data"))
            .arg("--ready-file")
            .arg(&ready_file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("could not start `{}`", lcs.display()))?;
        for _ in 0..600 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if let Some(status) = process.try_wait()? {
                bail!("the local cloud ended with {status}");
            }
            if let Ok(text) = fs::read_to_string(&ready_file) {
                return Ok(Self {
                    process,
                    ready: serde_json::from_str(&text)?,
                    _folder: folder,
                });
            }
        }
        process.kill()?;
        bail!("the local cloud was not ready in 30 s")
    }

    pub(crate) fn origin(&self) -> &str {
        &self.ready.origin
    }

    pub(crate) fn authority(&self) -> String {
        format!("{}/{}", self.ready.origin, self.ready.tenant_id)
    }

    /// The file of the authority that signed its certificate.
    pub(crate) fn ca_certificate(&self) -> &str {
        &self.ready.ca_certificate
    }

    /// An HTTP client with a connection of its own that trusts the cloud.
    pub(crate) fn http(&self) -> Result<Client> {
        let pem = fs::read(&self.ready.ca_certificate)?;
        let authority = reqwest::Certificate::from_pem(&pem)?;
        let client = Client::builder().tls_certs_merge([authority]).no_proxy();
        Ok(client.http1_only().build()?)
    }

    /// Steps 1 to 3 of the article, and a client secret.
    pub(crate) async fn set_up(&self) -> Result<Setup> {
        let http = self.http()?;
        let token_url = format!(
            "{}/{}/oauth2/v2.0/token",
            self.ready.origin, self.ready.tenant_id
        );
        let user = self.ready.users.first().context("there is no user")?;
        let form = [
            ("client_id", GRAPH_TOOLS),
            ("grant_type", "password"),
            ("username", &user.user_principal_name),
            ("password", &user.password),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let answer = http.post(&token_url).form(&form).send().await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        let token = text(&answer, "access_token")?;
        let graph = async |path: &str, body: Value| -> Result<Value> {
            let url = format!("{}{path}", self.ready.graph);
            let request = http.post(url).bearer_auth(&token).json(&body);
            Ok(request.send().await?.error_for_status()?.json().await?)
        };
        let application = json!({
            "displayName": "Benchmark", "signInAudience": "AzureADMyOrg",
            "isFallbackPublicClient": true,
            "requiredResourceAccess": [{
                "resourceAppId": LCS, "resourceAccess": [{ "id": LCS_PERMISSION, "type": "Scope" }],
            }],
        });
        let application = graph("/applications", application).await?;
        let client_id = text(&application, "appId")?;
        let client = graph("/servicePrincipals", json!({ "appId": client_id })).await?;
        let url = format!("{}/servicePrincipals(appId='{LCS}')", self.ready.graph);
        let lcs = http.get(url).bearer_auth(&token).send().await?;
        let lcs: Value = lcs.error_for_status()?.json().await?;
        let grant = json!({
            "clientId": client["id"], "consentType": "AllPrincipals", "resourceId": lcs["id"],
            "scope": "user_impersonation",
        });
        graph("/oauth2PermissionGrants", grant).await?;
        let path = format!("/applications/{}/addPassword", text(&application, "id")?);
        let secret = graph(&path, json!({})).await?;
        Ok(Setup {
            token_url,
            client_id,
            client_secret: text(&secret, "secretText")?,
            user_name: user.user_principal_name.clone(),
            password: user.password.clone(),
        })
    }

    /// The memory of the process that is resident now.
    pub(crate) fn memory(&self) -> Memory {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    }

    /// The processor time that the process has used so far; nothing where the system does not say.
    pub(crate) fn processor_time(&self) -> Option<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).ok()?;
        // The name in parentheses may hold blanks; fields 14 and 15 of the line are the 12th and 13th
        // behind it, in hundredths of a second.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks: u64 =
            fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Duration::from_millis(ticks * 10))
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn text(answer: &Value, field: &str) -> Result<String> {
    let text = answer[field].as_str();
    Ok(text.with_context(|| format!("no {field}"))?.to_owned())
}
