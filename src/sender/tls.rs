//! Whom a sender trusts, and what is wrong with a TLS connection, told from the types of rustls.

use std::fmt;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, InvalidMessage, OtherError,
    RootCertStore, SignatureScheme,
};

/// Whose certificates are trusted.
#[derive(Debug, Clone)]
pub(super) enum Trust {
    /// Those that a public authority issued.
    Public,
    /// These, and those that they issued.
    These(Vec<CertificateDer<'static>>),
    /// All.
    Anyone,
}

impl Trust {
    /// These certificates in PEM form, as curl's `--cacert` takes them.
    ///
    /// # Errors
    /// There is none, or it is damaged.
    pub(super) fn these(pem: &[u8]) -> Result<Self, &'static str> {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        match certificates {
            Err(_) => Err("the PEM is damaged"),
            Ok(certificates) if certificates.is_empty() => {
                Err("there is no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
            }
            Ok(certificates) => Ok(Self::These(certificates)),
        }
    }

    /// What rustls needs to connect to whom is trusted.
    ///
    /// # Errors
    /// None of the certificates can be used.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        let mut roots = RootCertStore::empty();
        match self {
            Self::These(certificates) => {
                roots.add_parsable_certificates(certificates.iter().cloned());
            }
            _ => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        }
        let provider = Arc::new(ring::default_provider());
        let issued = WebPkiServerVerifier::builder_with_provider(roots.into(), provider.clone())
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))?;
        let verifier = Verifier {
            issued,
            trust: self.clone(),
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Arc::new(config))
    }
}

/// Verifies as rustls does, but for two things: everybody can be trusted, and a certificate that is
/// trusted itself is, also where it is an authority's own and names nobody but in its subject, as
/// `openssl req -x509` makes it: curl takes those, and rustls' verifier does not.
#[derive(Debug)]
struct Verifier {
    issued: Arc<WebPkiServerVerifier>,
    trust: Trust,
}

impl Verifier {
    fn is_trusted_itself(&self, certificate: &CertificateDer<'_>) -> bool {
        matches!(&self.trust, Trust::These(certificates) if certificates.contains(certificate))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if matches!(self.trust, Trust::Anyone) {
            return Ok(ServerCertVerified::assertion());
        }
        let verified =
            (self.issued).verify_server_cert(certificate, intermediates, name, ocsp, now);
        if !self.is_trusted_itself(certificate) {
            return verified;
        }
        let verified = match verified {
            // Its time was looked at before that, its name was not.
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(fault)))
                if is_authority(&fault) =>
            {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)
                    .map(|()| ServerCertVerified::assertion())
            }
            verified => verified,
        };
        match verified {
            Err(rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext {
                presented,
                ..
            })) if presented.is_empty() && is_common_name(certificate, name) => {
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match self.trust {
            Trust::Anyone => Ok(HandshakeSignatureValid::assertion()),
            _ => (self.issued).verify_tls12_signature(message, certificate, signature),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match self.trust {
            Trust::Anyone => Ok(HandshakeSignatureValid::assertion()),
            _ => (self.issued).verify_tls13_signature(message, certificate, signature),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.issued.supported_verify_schemes()
    }
}

/// Whether a fault is that an authority's own certificate is used as a server's. Of all faults that
/// are told apart, this one alone is no type of rustls but of what it stands on.
fn is_authority(fault: &OtherError) -> bool {
    fault.to_string().contains("CaUsedAsEndEntity")
}

/// Whether this is the common name of a certificate's subject.
fn is_common_name(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    // The object identifier 2.5.4.3; behind it stands a string: its kind, its length, its bytes.
    const COMMON_NAME: &[u8] = &[6, 3, 0x55, 4, 3];
    let Ok(certificate) = webpki::EndEntityCert::try_from(certificate) else {
        return false;
    };
    let subject = certificate.subject();
    let mut ends = (0..subject.len()).filter_map(|at| subject[at..].strip_prefix(COMMON_NAME));
    ends.any(|rest| {
        let [_, length, value @ ..] = rest else {
            return false;
        };
        let value = value.get(..usize::from(*length));
        value.is_some_and(|value| value.eq_ignore_ascii_case(name.to_str().as_bytes()))
    })
}

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
            C::Other(fault) if is_authority(fault) => Self::AuthorityAsServer,
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
                "trust the certificate itself with --cacert FILE, or use --insecure"
            }
            Self::NotTls => "the receiver speaks plain HTTP on this port: use http://",
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
