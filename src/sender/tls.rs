//! What is wrong with a TLS connection, told from the types of rustls.

use std::fmt;

use rustls::{CertificateError, InvalidMessage};

/// What is wrong with a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsProblem {
    /// The certificate was not issued by anyone who is trusted.
    UnknownIssuer,
    /// The certificate is no longer valid.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is for other names.
    WrongName,
    /// The certificate is a certificate authority's own, as `openssl req -x509` makes it.
    AuthorityAsServer,
    /// The port does not speak TLS.
    NotTls,
    /// The connection was closed during the handshake.
    Closed,
    /// Something else.
    Other,
}

impl TlsProblem {
    /// The problem, and rustls' words for it.
    pub(super) fn of(error: &rustls::Error) -> (Self, String) {
        match error {
            rustls::Error::InvalidCertificate(fault) => {
                (Self::of_certificate(fault), fault.to_string())
            }
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
                (Self::NotTls, error.to_string())
            }
            _ => (Self::Other, error.to_string()),
        }
    }

    fn of_certificate(fault: &CertificateError) -> Self {
        use CertificateError as C;
        match fault {
            C::UnknownIssuer | C::BadSignature => Self::UnknownIssuer,
            C::Expired | C::ExpiredContext { .. } => Self::Expired,
            C::NotValidYet | C::NotValidYetContext { .. } => Self::NotYetValid,
            C::NotValidForName | C::NotValidForNameContext { .. } => Self::WrongName,
            // Of all these, only this one is not a type of rustls but of what it stands on.
            C::Other(error) if error.to_string().contains("CaUsedAsEndEntity") => {
                Self::AuthorityAsServer
            }
            _ => Self::Other,
        }
    }

    pub(super) fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::UnknownIssuer => "trust the certificate with --cacert FILE, or use --insecure",
            Self::Expired | Self::NotYetValid => {
                "renew the certificate, check the clock, or use --insecure"
            }
            Self::WrongName => "use a name that the certificate is for, or --insecure",
            Self::AuthorityAsServer => {
                "issue a certificate for the server with CA:FALSE, or use --insecure"
            }
            Self::NotTls => "the server speaks plain HTTP on this port: use http://",
            Self::Closed | Self::Other => return None,
        })
    }

    pub(super) fn sentence(
        &self,
        f: &mut fmt::Formatter<'_>,
        host: &str,
        why: &str,
    ) -> fmt::Result {
        match self {
            Self::UnknownIssuer => write!(f, "the certificate of {host} is not trusted"),
            Self::Expired => write!(f, "the certificate of {host} is no longer valid: {why}"),
            Self::NotYetValid => write!(f, "the certificate of {host} is not valid yet: {why}"),
            Self::WrongName => write!(f, "the certificate is not for {host}: {why}"),
            Self::AuthorityAsServer => write!(
                f,
                "the certificate of {host} is a certificate authority's own, not a server's"
            ),
            Self::NotTls => write!(f, "{host} does not speak TLS on this port"),
            Self::Closed => write!(f, "{host} closed the connection during the TLS handshake"),
            Self::Other => write!(f, "no TLS connection to {host}: {why}"),
        }
    }
}
