//! An authenticator in software: it makes passkeys and signs with them, as a phone or a security key does.
//!
//! A story changes its fields to misbehave.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::browser::Browser;
use super::page::Page;
use super::portal::Portal;

/// One passkey, with the authenticator and the browser that use it.
#[expect(clippy::struct_excessive_bools, reason = "what an authenticator says of itself, bit by bit")]
pub struct Authenticator {
    key: EcdsaKeyPair,
    pub credential_id: Vec<u8>,
    /// The player's id, once the passkey is made.
    pub user_handle: Option<Vec<u8>>,
    /// Raised at each use; an authenticator without counter sends zero.
    pub counter: u32,
    pub has_counter: bool,
    pub verifies_its_user: bool,
    pub is_backup_eligible: bool,
    pub is_backed_up: bool,
    /// The origin of the page that asks, as the browser reports it.
    pub origin: String,
    pub rp_id: String,
}

/// What the portal asked, and the ceremony to name in the form.
#[derive(Clone)]
pub struct Asked {
    pub ceremony: String,
    pub options: Value,
}

impl Authenticator {
    pub fn of(portal: &Portal) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let credential_id = Sha256::digest(key.public_key().as_ref())[..16].to_vec();
        Self {
            key,
            credential_id,
            user_handle: None,
            counter: 0,
            has_counter: true,
            verifies_its_user: true,
            is_backup_eligible: false,
            is_backed_up: false,
            origin: portal.url().to_owned(),
            rp_id: "localhost".to_owned(),
        }
    }

    /// The answer to `navigator.credentials.create()`.
    pub fn create(&mut self, options: &Value) -> String {
        let user = options["user"]["id"].as_str().unwrap();
        self.user_handle = Some(BASE64URL_NOPAD.decode(user.as_bytes()).unwrap());
        let client_data = self.client_data("webauthn.create", options);
        let mut data = self.data(0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        // The public key as a COSE map: EC2, ES256, P-256, x and y.
        let point = &self.key.public_key().as_ref()[1..];
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(&point[..32]);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(&point[32..]);
        // The attestation object, a CBOR map: fmt "none", an empty statement, the data.
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64URL_NOPAD.encode(&client_data),
                "attestationObject": BASE64URL_NOPAD.encode(&object),
                "transports": ["internal"],
            },
        })
        .to_string()
    }

    /// The answer to `navigator.credentials.get()`.
    pub fn get(&mut self, options: &Value) -> String {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(0);
        let signed = [data.as_slice(), Sha256::digest(&client_data).as_slice()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": BASE64URL_NOPAD.encode(&client_data),
                "authenticatorData": BASE64URL_NOPAD.encode(&data),
                "signature": BASE64URL_NOPAD.encode(signature.as_ref()),
                "userHandle": self.user_handle.as_ref().map(|handle| BASE64URL_NOPAD.encode(handle)),
            },
        })
        .to_string()
    }

    /// The credential id as browsers write it.
    pub fn id(&self) -> String {
        BASE64URL_NOPAD.encode(&self.credential_id)
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = &options["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    /// The authenticator's data: whose site, what it did, and how often it was used.
    fn data(&self, more_flags: u8) -> Vec<u8> {
        let flag = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
        let flags = 0x01
            | flag(self.verifies_its_user, 0x04)
            | flag(self.is_backup_eligible, 0x08)
            | flag(self.is_backed_up, 0x10)
            | more_flags;
        let counter = if self.has_counter { self.counter } else { 0 };
        let mut data = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        data.push(flags);
        data.extend(counter.to_be_bytes());
        data
    }
}

/// Begins a ceremony as the script of `page` does.
pub async fn begin(page: &Page, address: &str) -> Asked {
    let answer = page.browser().post(address, &[("csrf", &page.csrf())]).await;
    assert_eq!(answer.status, 200, "{address}: {}", answer.html);
    let answer: Value = serde_json::from_str(&answer.html).unwrap();
    Asked { ceremony: answer["ceremony"].as_str().unwrap().to_owned(), options: answer["options"].clone() }
}

/// Adds the passkey under this name, in a browser with fresh proof.
pub async fn add_passkey(browser: &Browser, key: &mut Authenticator, name: &str) -> Page {
    let page = browser.visit("/account/passkeys/add").await;
    let asked = begin(&page, "/account/passkeys/begin").await;
    let credential = key.create(&asked.options);
    let filled = page.fill("name", name).fill("ceremony", &asked.ceremony).fill("credential", &credential);
    filled.press("Create passkey").await
}

/// Signs in with the passkey, in any browser.
pub async fn sign_in_with(browser: &Browser, key: &mut Authenticator) -> Page {
    let page = browser.visit("/sign-in").await;
    let asked = begin(&page, "/sign-in/passkey/begin").await;
    let credential = key.get(&asked.options);
    answer_sign_in(&page, &asked.ceremony, &credential).await
}

/// Sends an answer with the form of a sign-in page.
pub async fn answer_sign_in(page: &Page, ceremony: &str, credential: &str) -> Page {
    page.fill("ceremony", ceremony).fill("credential", credential).press("Sign in with a passkey").await
}

impl Portal {
    /// A passkey of the person whose browser this is, called `phone`.
    pub async fn passkey_of(&self, browser: &Browser) -> Authenticator {
        let mut key = Authenticator::of(self);
        let list = add_passkey(browser, &mut key, "phone").await;
        assert_eq!(list.code().as_deref(), Some("passkey_added"), "{}", list.text());
        key
    }
}
