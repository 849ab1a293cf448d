//! What a game may write for its signed-in player: one table for every request (S75).
//!
//! A game's token plays, reads and, unless the operator says otherwise, connects a first Amazon account. It sets,
//! removes and renames no other way in of a player who is somebody's, unless this very session has proven who that is.
//!
//! [`RULES`] is the table, and docs/games.md#what-a-token-may-do tells it to game developers. The rules of one act are
//! tried in their order, and the first that fits the player decides. Everything runs in the transaction that writes.

use chrono::TimeDelta;

use crate::accounts::players;
use crate::app::App;
use crate::links::LinkState;
use crate::links::store;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::ids::PlayerId;
use crate::text_enum;

text_enum! {
    /// What a request of a game is about to write.
    pub enum GameAct {
        /// Link a free Amazon account to the player.
        Link = "link",
        /// Renew the player's own link by its own identity, also a revoked one.
        Renew = "renew",
        /// Show a code of Amazon's. Nobody knows yet which account it will bring.
        AskCode = "ask_code",
        /// Unlink the Amazon account.
        Unlink = "unlink",
        /// Set or change the password.
        SetPassword = "set_password",
        /// Set or change the user name.
        Rename = "rename",
    }

    /// What a player has, or the operator has set, for a rule to fit.
    pub enum Holding {
        /// Fits always.
        Anything = "anything",
        /// `DOVETAIL_GAME_LINKING=fresh`.
        FreshOnly = "fresh_only",
        RevokedLink = "revoked_link",
        ProvenAddress = "proven_address",
        /// A password, with or without a name to type with it.
        Password = "password",
        /// Whatever makes the player a person's: a usable password, a proven address, a link in any state.
        Person = "person",
    }
}

/// What a request needs for its act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    Nothing,
    /// A proof given by this very session, or the old password with this request; else this answer.
    Proof(ProofMissing),
    /// The old password with this request, whatever was proven before.
    OldPassword,
}

/// The answer to a game whose proof is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofMissing {
    /// `authentication: REAUTHENTICATION_REQUIRED` with `portal`.
    Reauthentication,
    /// `accessToken: ACCOUNT_ALREADY_LINKED`.
    AlreadyLinked,
    /// `DETAILS: UNRECOGNISED`.
    OldPassword,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct GameRule {
    pub act: GameAct,
    pub fits: Holding,
    pub needs: Needed,
}

const fn rule(act: GameAct, fits: Holding, needs: Needed) -> GameRule {
    GameRule { act, fits, needs }
}

/// The table. The last rule of each act fits every player.
pub const RULES: &[GameRule] = &[
    // A thief's own account must not take the place of the owner's.
    rule(GameAct::Link, Holding::RevokedLink, Needed::Proof(ProofMissing::AlreadyLinked)),
    // The owner can be reached, and is asked.
    rule(GameAct::Link, Holding::ProvenAddress, Needed::Proof(ProofMissing::Reauthentication)),
    rule(GameAct::Link, Holding::FreshOnly, Needed::Proof(ProofMissing::Reauthentication)),
    rule(GameAct::Link, Holding::Anything, Needed::Nothing),
    // The identity is the proof.
    rule(GameAct::Renew, Holding::Anything, Needed::Nothing),
    rule(GameAct::AskCode, Holding::ProvenAddress, Needed::Proof(ProofMissing::Reauthentication)),
    rule(GameAct::AskCode, Holding::FreshOnly, Needed::Proof(ProofMissing::Reauthentication)),
    rule(GameAct::AskCode, Holding::Anything, Needed::Nothing),
    // Whoever has a link is somebody's.
    rule(GameAct::Unlink, Holding::Anything, Needed::Proof(ProofMissing::Reauthentication)),
    rule(GameAct::SetPassword, Holding::Password, Needed::OldPassword),
    rule(GameAct::SetPassword, Holding::Person, Needed::Proof(ProofMissing::Reauthentication)),
    rule(GameAct::SetPassword, Holding::Anything, Needed::Nothing),
    rule(GameAct::Rename, Holding::Person, Needed::Proof(ProofMissing::Reauthentication)),
    rule(GameAct::Rename, Holding::Anything, Needed::Nothing),
];

/// What this request and its session have proven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenProof {
    /// The asking token or connection has proven a credential lately.
    pub by_session: bool,
    /// The request itself brought the right password.
    pub by_password: bool,
    /// A game server asks with a key of the service API, which no token of a game can stand for.
    pub by_service_key: bool,
}

/// What decides about a player.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts about one player, each of which a rule may ask for"
)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PlayerHoldings {
    has_password: bool,
    has_address: bool,
    has_revoked_link: bool,
    is_person: bool,
}

/// The rules, with the settings of this portal.
#[derive(Clone, Copy, Debug)]
pub struct GameRules {
    is_fresh_only: bool,
    /// How long a proof counts.
    pub fresh_for: TimeDelta,
}

impl GameRules {
    pub fn of(app: &App) -> Self {
        Self { is_fresh_only: app.config.game.is_linking_fenced(), fresh_for: app.fresh_for() }
    }

    /// Whether the act may be written for this player; the answer if not.
    ///
    /// The caller has locked the player's row where the answer decides.
    pub fn judge(
        self,
        conn: &mut Conn,
        act: GameAct,
        player: &PlayerId,
        proof: GivenProof,
    ) -> QueryResult<Result<(), ProofMissing>> {
        let known = players::store::credentials_by_id(conn, player)?;
        let link = store::link_of(conn, player)?;
        let holdings = PlayerHoldings {
            has_password: known.as_ref().is_some_and(|known| known.password.is_some()),
            has_address: known.as_ref().is_some_and(|known| known.email.is_some()),
            has_revoked_link: link.is_some_and(|link| link.state == LinkState::Revoked),
            is_person: players::store::has_person(conn, player)?,
        };
        Ok(self.decide(act, holdings, proof))
    }

    fn decide(self, act: GameAct, holdings: PlayerHoldings, proof: GivenProof) -> Result<(), ProofMissing> {
        let fits = |rule: &&GameRule| {
            rule.act == act
                && match rule.fits {
                    Holding::Anything => true,
                    Holding::FreshOnly => self.is_fresh_only,
                    Holding::RevokedLink => holdings.has_revoked_link,
                    Holding::ProvenAddress => holdings.has_address && !proof.by_service_key,
                    Holding::Password => holdings.has_password,
                    Holding::Person => holdings.is_person,
                }
        };
        // An act without a rule is refused.
        let needs =
            RULES.iter().find(fits).map_or(Needed::Proof(ProofMissing::Reauthentication), |rule| rule.needs);
        match needs {
            Needed::Nothing => Ok(()),
            Needed::Proof(_) if proof.by_session || proof.by_password => Ok(()),
            Needed::Proof(missing) => Err(missing),
            Needed::OldPassword if proof.by_password => Ok(()),
            Needed::OldPassword => Err(ProofMissing::OldPassword),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTED: GameRules = GameRules { is_fresh_only: false, fresh_for: TimeDelta::minutes(10) };
    const NOT_PROVEN: GivenProof =
        GivenProof { by_session: false, by_password: false, by_service_key: false };

    #[test]
    fn every_act_ends_in_a_rule_for_every_player() {
        for act in GameAct::ALL {
            let last = RULES.iter().rfind(|rule| rule.act == *act).unwrap();
            assert_eq!(last.fits, Holding::Anything, "{act:?}");
        }
    }

    #[test]
    fn a_device_s_player_gives_everything_but_an_unlink_to_its_game() {
        for act in GameAct::ALL {
            let answer = DOCUMENTED.decide(*act, PlayerHoldings::default(), NOT_PROVEN);
            assert_eq!(answer.is_ok(), *act != GameAct::Unlink, "{act:?}");
        }
    }

    #[test]
    fn a_proof_opens_all_but_a_password_without_the_old_one() {
        let proof = GivenProof { by_session: true, ..NOT_PROVEN };
        for has_password in [false, true] {
            let holdings =
                PlayerHoldings { has_password, has_address: true, has_revoked_link: true, is_person: true };
            for act in GameAct::ALL {
                let needs_old = has_password && *act == GameAct::SetPassword;
                let expected = if needs_old { Err(ProofMissing::OldPassword) } else { Ok(()) };
                assert_eq!(DOCUMENTED.decide(*act, holdings, proof), expected, "{act:?}");
            }
        }
    }

    #[test]
    fn a_revoked_link_comes_before_an_address() {
        let holdings = PlayerHoldings {
            has_address: true,
            has_revoked_link: true,
            is_person: true,
            ..PlayerHoldings::default()
        };
        let answer = DOCUMENTED.decide(GameAct::Link, holdings, NOT_PROVEN);
        assert_eq!(answer, Err(ProofMissing::AlreadyLinked));
    }

    /// The page for developers has a row for each rule, in the same order.
    #[test]
    fn the_page_for_game_developers_tells_every_rule() {
        let page = include_str!("../../docs/games.md");
        let chapter = page.split("## What a token may do").nth(1).unwrap().split("\n## ").next().unwrap();
        let cells = chapter.lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
        let rows = cells
            .filter(|cells| cells.get(1).is_some_and(|act| act.trim_matches('`').parse::<GameAct>().is_ok()));
        let told: Vec<String> = rows.map(|cells| format!("{} {}", cells[1], cells[2])).collect();
        let rules: Vec<String> =
            RULES.iter().map(|rule| format!("`{}` `{}`", rule.act.as_str(), rule.fits.as_str())).collect();
        assert_eq!(told, rules);
    }
}
