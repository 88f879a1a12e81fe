//! The proxy on loopback: accepts, answers, passes bytes. What is asked for is read in
//! [`crate::request`], where it leads is settled in [`crate::route`].

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use crate::{
    request::{self, BadRequest, MAX_HEAD, Target},
    route::{Route, Routes},
};

/// Tunnels at a time; further ones wait.
const MAX_TUNNELS: usize = 256;
/// A client gets this long to say what it wants.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// The other side gets this long to answer.
const CONNECT_DEADLINE: Duration = Duration::from_secs(30);
/// How long to leave a listener alone that cannot accept, for want of file descriptors say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The proxy cannot be started.
#[derive(Debug, thiserror::Error)]
#[error("could not listen on loopback for the proxy")]
pub struct ProxyError(#[from] io::Error);

/// A running proxy; its tunnels end when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// Why a client gets no tunnel.
#[derive(Debug)]
enum Refusal {
    Bad(BadRequest),
    HeadTooLong,
    TooSlow,
    Outside(Target),
    Unreachable(Target, io::Error),
}

impl Proxy {
    /// Starts a proxy on a free port of the loopback interface, which leads to the cloud at this
    /// address.
    ///
    /// # Errors
    ///
    /// [`ProxyError`] when there is no free port.
    pub async fn start(routes: Routes, cloud: SocketAddr) -> Result<Self, ProxyError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, Arc::new(routes), cloud));
        Ok(Self { address, task })
    }

    /// Where it accepts connections.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The tunnels are the task's, and end with it.
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, routes: Arc<Routes>, cloud: SocketAddr) {
    let free = Arc::new(Semaphore::new(MAX_TUNNELS));
    let mut tunnels = JoinSet::new();
    loop {
        let Ok(permit) = free.clone().acquire_owned().await else {
            return;
        };
        while tunnels.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((client, _)) => {
                let routes = routes.clone();
                tunnels.spawn(async move {
                    let _permit = permit;
                    if let Err(error) = serve(client, &routes, cloud).await {
                        tracing::debug!(%error, "a tunnel broke");
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(mut client: TcpStream, routes: &Routes, cloud: SocketAddr) -> io::Result<()> {
    let mut received = Vec::new();
    let opened = match timeout(HEAD_DEADLINE, read_request(&mut client, &mut received)).await {
        Ok(Ok(Ok(target))) => open(target, routes, cloud).await,
        Ok(Ok(Err(refusal))) => Err(refusal),
        Ok(Err(error)) => return Err(error),
        Err(_) => Err(Refusal::TooSlow),
    };
    match opened {
        Ok(mut other_side) => {
            client
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .await?;
            // A client may speak before it has its answer.
            other_side.write_all(&received).await?;
            copy_bidirectional(&mut client, &mut other_side).await?;
            Ok(())
        }
        Err(refusal) => {
            tracing::info!(?refusal, "no tunnel");
            client.write_all(answer(&refusal).as_bytes()).await?;
            client.shutdown().await
        }
    }
}

/// Reads the head of a request; afterwards `received` holds what came behind it.
async fn read_request(
    client: &mut TcpStream,
    received: &mut Vec<u8>,
) -> io::Result<Result<Target, Refusal>> {
    loop {
        if let Some(length) = request::head_length(received) {
            let target = request::parse(&received[..length]);
            received.drain(..length);
            return Ok(target.map_err(Refusal::Bad));
        }
        if received.len() >= MAX_HEAD {
            return Ok(Err(Refusal::HeadTooLong));
        }
        let mut buffer = [0; 1_024];
        let count = client.read(&mut buffer).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        received.extend_from_slice(&buffer[..count]);
    }
}

async fn open(target: Target, routes: &Routes, cloud: SocketAddr) -> Result<TcpStream, Refusal> {
    let connected = match routes.of(&target) {
        Route::Refused => return Err(Refusal::Outside(target)),
        Route::Cloud => TcpStream::connect(cloud).await,
        Route::Outside => {
            let outside = TcpStream::connect((target.host.as_str(), target.port));
            timeout(CONNECT_DEADLINE, outside)
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        }
    };
    connected.map_err(|error| Refusal::Unreachable(target, error))
}

/// Clients show the first line at most, so the reason stands there and in the body.
fn answer(refusal: &Refusal) -> String {
    let (status, reason) = match refusal {
        Refusal::Bad(BadRequest::NotConnect) => (405, BadRequest::NotConnect.to_string()),
        Refusal::Bad(bad) => (400, bad.to_string()),
        Refusal::HeadTooLong => (431, format!("the request is longer than {MAX_HEAD} bytes")),
        Refusal::TooSlow => (408, "the request did not come in time".to_owned()),
        Refusal::Outside(target) => (
            403,
            format!("{target} is outside the sandbox (lcs sandbox --network pass lets it out)"),
        ),
        Refusal::Unreachable(target, error) => (502, format!("could not reach {target}: {error}")),
    };
    let body = format!("lcs sandbox: {reason}\n");
    let allow = if status == 405 {
        "Allow: CONNECT\r\n"
    } else {
        ""
    };
    format!(
        "HTTP/1.1 {status} {reason}\r\n{allow}Content-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Network;

    /// A proxy before a cloud that answers every tunnel with "cloud:" and what it hears.
    async fn started(network: Network) -> (Proxy, u16) {
        let cloud = echo("cloud:").await;
        let routes = Routes::new(cloud.port(), network);
        (Proxy::start(routes, cloud).await.unwrap(), cloud.port())
    }

    async fn echo(greeting: &'static str) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                tokio::spawn(async move {
                    client.write_all(greeting.as_bytes()).await.unwrap();
                    let (mut from, mut to) = client.split();
                    tokio::io::copy(&mut from, &mut to).await.unwrap();
                });
            }
        });
        address
    }

    async fn said(proxy: &Proxy, bytes: &[u8]) -> String {
        let mut client = TcpStream::connect(proxy.address()).await.unwrap();
        client.write_all(bytes).await.unwrap();
        client.shutdown().await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn a_tunnel_to_microsoft_ends_at_the_cloud_with_what_was_said_early() {
        let (proxy, _) = started(Network::Refuse).await;
        let request = b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n\r\nearly";
        assert_eq!(
            said(&proxy, request).await,
            "HTTP/1.1 200 Connection established\r\n\r\ncloud:early"
        );
    }

    #[tokio::test]
    async fn what_is_outside_is_refused_with_host_and_flag_or_passed_on() {
        let outside = echo("outside:").await;
        let request = format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\n\r\nx", outside.port());
        let (proxy, _) = started(Network::Refuse).await;
        let answer = said(&proxy, request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for part in [head, body] {
            assert!(part.contains(&outside.to_string()), "{answer}");
            assert!(part.contains("--network"), "{answer}");
        }

        let (proxy, _) = started(Network::Pass).await;
        let answer = said(&proxy, request.as_bytes()).await;
        assert!(answer.ends_with("\r\n\r\noutside:x"), "{answer}");
    }

    #[tokio::test]
    async fn requests_that_are_no_tunnel_get_their_status() {
        let (proxy, _) = started(Network::Pass).await;
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = closed.local_addr().unwrap().port();
        drop(closed);
        let unreachable = format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n");
        let long = format!("CONNECT a:1 HTTP/1.1\r\nA: {}", "x".repeat(MAX_HEAD));
        for (request, status) in [
            ("GET http://a.example/ HTTP/1.1\r\n\r\n", "405"),
            ("CONNECT a.example HTTP/1.1\r\n\r\n", "400"),
            (unreachable.as_str(), "502"),
            (long.as_str(), "431"),
        ] {
            let answer = said(&proxy, request.as_bytes()).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
        }
    }

    #[tokio::test]
    async fn nothing_is_accepted_once_the_proxy_is_gone() {
        let (proxy, _) = started(Network::Refuse).await;
        let address = proxy.address();
        let request = b"CONNECT localhost:443 HTTP/1.1\r\n\r\n";
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(request).await.unwrap();
        let mut byte = [0];
        client.read_exact(&mut byte).await.unwrap();
        drop(proxy);
        // The tunnel ends, in whatever manner the kernel says so.
        let _ = client.read_to_end(&mut Vec::new()).await;
        assert!(TcpStream::connect(address).await.is_err());
    }
}
