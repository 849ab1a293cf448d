use NameRefusal::{Empty, ForbiddenCharacter, MixedScripts, Reserved, TooLong, TooManyMarks};
use proptest::prelude::*;

use super::*;

fn reserved() -> ReservedNames {
    ReservedNames::new("Dovetail")
}

fn parse(raw: &str) -> Result<String, NameRefusal> {
    DisplayName::parse(raw, &reserved()).map(|name| name.text)
}

#[test]
fn names_of_many_places_are_accepted_as_they_are() {
    for name in [
        "A",
        "Ann",
        "Ann Marie",
        "O'Brien",
        "Jean-Luc",
        "José",
        "Zoë",
        "Łukasz",
        "Nguyễn Văn Ệ",
        "Ødegård",
        "Iðunn",
        "Владимир",
        "Олександра",
        "Ελένη",
        "Հայկ",
        "გიორგი",
        "דוד",
        "محمد علي",
        "علی رضا",
        "राजेश",
        "கார்த்திக்",
        "ประยุทธ์",
        "မောင်",
        "ខ្មែរ",
        "བསྟན་འཛིན",
        "አበበ",
        "ᏣᎳᎩ",
        "ߒߞߏ",
        "ⵜⴰⵎⴰⵣⵉⵖⵜ",
        "김민준",
        "李小龙",
        "さくら",
        "サクラ",
        "桜サクラさくら",
        "Ken 田中",
        "Kim 김",
        "xX_Ann_Xx",
        "Ann (she)",
        "[ABC] Bo",
        "R2-D2",
        "1337",
        "42",
        "~Bo~",
        "🦀",
        "Ann 🦀",
        "👩‍🚀",
        "👨‍👩‍👧‍👦",
        "👍🏽",
        "🏳️‍🌈",
        "❤️",
        "❤️‍🔥",
        "1️⃣",
        "🇨🇦",
        "☃",
        "♥ Bo ♥",
        "Dr. Bo",
        "a.b.c",
        "Admiral Bo",
        "Badminton",
        "Supporter",
        "Staffan",
        "Officer Bo",
        "Modest",
        "Gamer",
        "Systematic",
        "Helper",
        "Dove",
        "Tail",
        "Game Team Bo",
        "Amazonia",
        "!!!",
        "x̧́",
        "12345678901234567890123456789012",
    ] {
        assert_eq!(parse(name).as_deref(), Ok(name), "{name}");
    }
}

/// Without their joiners these names are spelled or drawn wrongly.
#[test]
fn joiners_and_tags_stay_where_they_are_part_of_the_name() {
    let england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
    let scotland = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}";
    for name in [
        "ශ්\u{200d}රී",
        "ලක්\u{200d}ෂ්මි",
        "श्\u{200d}री",
        "रक्\u{200c}षा",
        "علی\u{200c}رضا",
        "مه\u{200c}سا",
        "عبد\u{64f}الله",
        "Ann \u{1f469}\u{200d}\u{1f680}",
        england,
        &format!("Bo {england}{scotland}"),
    ] {
        assert_eq!(parse(name).as_deref(), Ok(name), "{name:?}");
        let upstream = DisplayName::from_upstream(name, &reserved()).map(|name| name.text);
        assert_eq!(upstream.as_deref(), Some(name), "{name:?} from Amazon");
    }
    for name in [
        "A\u{200c}nn",
        "A\u{200d}nn",
        "Ann\u{200d}",
        "\u{200d}Ann",
        "علی\u{200c}",
        "\u{200c}علی",
        "علی \u{200c} رضا",
        "دارا\u{200c}ب",
        "श\u{200d}री",
        "李\u{200d}明",
        "В\u{200c}ера",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}",
        "Ann\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "\u{1f600}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    ] {
        assert_eq!(parse(name), Err(ForbiddenCharacter), "{name:?}");
        let upstream = DisplayName::from_upstream(name, &reserved()).map(|name| name.text);
        assert!(upstream.is_some_and(|kept| parse(&kept).is_ok()), "{name:?} from Amazon");
    }
}

#[test]
fn names_are_brought_into_one_form() {
    for (typed, kept) in [
        ("  Ann  ", "Ann"),
        ("\u{a0}Ann\u{3000}", "Ann"),
        ("Ａｎｎ", "Ann"),
        ("ﬁn", "fin"),
        ("e\u{301}", "é"),
        ("①", "1"),
        ("𝔅𝔬", "Bo"),
        ("Ann\n", "Ann"),
        ("Ann\u{a0}Marie", "Ann Marie"),
        ("\u{212a}im", "Kim"),
    ] {
        assert_eq!(parse(typed).as_deref(), Ok(kept), "{typed:?}");
    }
}

#[test]
fn names_that_hide_or_deceive_are_refused() {
    for (name, why) in [
        ("", Empty),
        ("   ", Empty),
        ("\u{a0}\u{3000}", Empty),
        ("\u{301}", Empty),
        ("\u{301}\u{302}", Empty),
        ("\u{200b}", ForbiddenCharacter),
        ("\u{3164}", ForbiddenCharacter),
        ("\u{2800}", ForbiddenCharacter),
        ("A\0nn", ForbiddenCharacter),
        ("An\tn", ForbiddenCharacter),
        ("An\nn", ForbiddenCharacter),
        ("An\u{7f}n", ForbiddenCharacter),
        ("An\u{9b}n", ForbiddenCharacter),
        ("An\u{2028}n", ForbiddenCharacter),
        ("An\u{2029}n", ForbiddenCharacter),
        ("Ann\u{202e}nnA", ForbiddenCharacter),
        ("\u{2066}Ann\u{2069}", ForbiddenCharacter),
        ("A\u{200f}nn", ForbiddenCharacter),
        ("A\u{200e}nn", ForbiddenCharacter),
        ("A\u{61c}nn", ForbiddenCharacter),
        ("A\u{200b}nn", ForbiddenCharacter),
        ("A\u{200c}nn", ForbiddenCharacter),
        ("A\u{200d}nn", ForbiddenCharacter),
        ("A\u{feff}nn", ForbiddenCharacter),
        ("A\u{2060}nn", ForbiddenCharacter),
        ("A\u{ad}nn", ForbiddenCharacter),
        ("A\u{34f}nn", ForbiddenCharacter),
        ("A\u{fe0f}nn", ForbiddenCharacter),
        ("A\u{fe00}nn", ForbiddenCharacter),
        ("A\u{180b}nn", ForbiddenCharacter),
        ("A\u{e0100}nn", ForbiddenCharacter),
        ("A\u{e0061}nn", ForbiddenCharacter),
        ("A\u{e000}nn", ForbiddenCharacter),
        ("A\u{f0000}nn", ForbiddenCharacter),
        ("A\u{378}nn", ForbiddenCharacter),
        ("A\u{ffff}nn", ForbiddenCharacter),
        ("A\u{115f}nn", ForbiddenCharacter),
        ("A\u{1680}nn", ForbiddenCharacter),
        ("🦀\u{200d}", ForbiddenCharacter),
        ("\u{200d}🦀", ForbiddenCharacter),
        ("🦀\u{200d}\u{200d}🦀", ForbiddenCharacter),
        ("1\u{200d}2", ForbiddenCharacter),
        ("A\u{301}\u{302}\u{303}\u{304}nn", TooManyMarks),
        ("é\u{302}\u{303}\u{304}", TooManyMarks),
        ("Z\u{336}\u{335}\u{334}\u{337}algo", TooManyMarks),
        ("\u{301}Ann", TooManyMarks),
        ("A\u{20dd}\u{20de}\u{20df}\u{20e0}", TooManyMarks),
        ("123456789012345678901234567890123", TooLong),
        ("🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀", TooLong),
        ("Аnn", MixedScripts),
        ("Bоb", MixedScripts),
        ("Annα", MixedScripts),
        ("Владиmир", MixedScripts),
        ("Bob Боб", MixedScripts),
        ("Ελένηв", MixedScripts),
        ("Annა", MixedScripts),
        ("דann", MixedScripts),
        ("admin", Reserved),
        ("Admin", Reserved),
        ("ADMIN", Reserved),
        ("ａｄｍｉｎ", Reserved),
        ("adm1n", Reserved),
        ("4dm1n", Reserved),
        ("admln", Reserved),
        ("a.d.m.i.n", Reserved),
        ("A D M I N", Reserved),
        ("-Admin-", Reserved),
        ("Ann (Admin)", Reserved),
        ("[Staff] Bo", Reserved),
        ("Bo - Support", Reserved),
        ("Supp0rt", Reserved),
        ("$upport", Reserved),
        ("Suppórt", Reserved),
        ("Support Team", Reserved),
        ("SupportTeam", Reserved),
        ("AdminTeam", Reserved),
        ("Customer Support", Reserved),
        ("Dovetail", Reserved),
        ("dovetaiI", Reserved),
        ("D0vetail Bo", Reserved),
        ("DovetailSupport", Reserved),
        ("Dovetail-Staff", Reserved),
        ("Moderator", Reserved),
        ("rnoderator", Reserved),
        ("System", Reserved),
        ("root", Reserved),
        ("GM", Reserved),
        ("Mod", Reserved),
        ("[GM] Bo", Reserved),
        ("Mod Bo", Reserved),
        ("Security Team", Reserved),
        ("Official Bo", Reserved),
        ("Admin🦀", Reserved),
        ("🦀 staff", Reserved),
        ("Amazon", Reserved),
        ("Arnazon", Reserved),
    ] {
        assert_eq!(parse(name), Err(why), "{name:?}");
    }
}

#[test]
fn look_alikes_of_another_script_are_reserved_too() {
    // Each name uses one script only, so no scripts are mixed, and yet it reads as a reserved name.
    assert_eq!(parse("ΑΜΑΖΟΝ"), Err(Reserved));
    let reserved = ReservedNames::new("Pacer");
    assert_eq!(DisplayName::parse("расег", &reserved).err(), Some(Reserved));
}

#[test]
fn a_long_name_is_refused_before_it_costs_anything() {
    assert_eq!(parse(&"a".repeat(1_000_000)), Err(TooLong));
    // One visible letter, hundreds of code points.
    assert_eq!(parse(&"👩\u{200d}".repeat(100)), Err(TooLong));
}

#[test]
fn a_name_from_a_provider_is_cleaned_or_dropped() {
    let clean = |raw: &str| DisplayName::from_upstream(raw, &reserved()).map(|name| name.text);
    for (raw, kept) in [
        ("Ann Marie", "Ann Marie"),
        ("  Ann \t\n Marie ", "Ann Marie"),
        ("A\u{200b}nn\u{202e}", "Ann"),
        ("Z\u{336}\u{335}\u{334}\u{337}\u{338}", "Z\u{336}\u{335}\u{334}"),
        ("علی\u{200c}رضا", "علی\u{200c}رضا"),
        ("Ann 👩‍🚀", "Ann 👩‍🚀"),
        ("Ann\u{200d}", "Ann"),
        ("Hubert Blaine Wolfeschlegelsteinhausenbergerdorff", "Hubert Blaine Wolfeschlegelstein"),
    ] {
        assert_eq!(clean(raw).as_deref(), Some(kept), "{raw:?}");
    }
    for raw in ["", " ", "\u{200b}", "Support", "Аnn", &"\u{301}".repeat(10_000)] {
        assert_eq!(clean(raw), None, "{raw:?}");
    }
    assert_eq!(clean(&"Ann ".repeat(10_000)).map(|name| name.graphemes(true).count()), Some(31));
}

#[test]
fn names_are_found_by_their_folded_form() {
    let key = |raw: &str| DisplayName::parse(raw, &reserved()).unwrap().key();
    assert_eq!(key("Ann  Marie"), "ann marie");
    assert_eq!(key("ÉLODIE"), "elodie");
    assert_eq!(search_key(" ÉLO"), "elo");
    for (name, folded) in [
        ("Zoë", "zoe"),
        ("Łukasz Ødegård", "lukasz odegard"),
        ("Nguyễn Văn Ệ", "nguyen van e"),
        ("Groß", "gross"),
        ("Ελένη", "ελενη"),
        ("علی\u{200c}رضا", "علیرضا"),
        ("राजेश", "राजेश"),
        ("Андрій Йосип", "андрій йосип"),
        ("ประยุทธ์", "ประยุทธ์"),
    ] {
        assert_eq!(key(name), folded, "{name}");
        assert_eq!(search_key(folded), folded, "{name}");
    }
    assert_eq!(search_key("Ａｎｎ"), "ann");
}

#[test]
fn user_names_have_their_own_narrow_rules() {
    for good in ["ann", "Ann_77", "a.b", "...", "A-z", "12345678901234567890123456789012"] {
        let name = UserName::parse(good).unwrap();
        assert_eq!((name.as_str(), name.key()), (good, good.to_ascii_lowercase()));
    }
    for (bad, why) in [
        ("", UserNameRefusal::TooShort),
        ("an", UserNameRefusal::TooShort),
        ("123456789012345678901234567890123", UserNameRefusal::TooLong),
        ("a@b", UserNameRefusal::ForbiddenCharacter),
        ("a b", UserNameRefusal::ForbiddenCharacter),
        (" ann", UserNameRefusal::ForbiddenCharacter),
        ("änn", UserNameRefusal::ForbiddenCharacter),
        ("\u{212a}im", UserNameRefusal::ForbiddenCharacter),
        ("ann\n", UserNameRefusal::ForbiddenCharacter),
        ("ann\0", UserNameRefusal::ForbiddenCharacter),
    ] {
        assert_eq!(UserName::parse(bad), Err(why), "{bad:?}");
    }
}

proptest! {
    #[test]
    fn reading_a_name_again_changes_nothing(raw in "\\PC{1,40}") {
        if let Ok(name) = parse(&raw) {
            prop_assert_eq!(parse(&name), Ok(name.clone()));
            prop_assert!((1..=MAX_LETTERS).contains(&name.graphemes(true).count()));
            prop_assert!(!name.starts_with(' ') && !name.ends_with(' '));
            prop_assert_eq!(search_key(&search_key(&name)), search_key(&name));
        }
    }

    #[test]
    fn what_a_provider_sends_becomes_an_acceptable_name_or_none(raw in any::<String>()) {
        if let Some(name) = DisplayName::from_upstream(&raw, &reserved()) {
            prop_assert_eq!(parse(name.as_str()), Ok(name.as_str().to_owned()));
        }
    }

    #[test]
    fn no_accepted_name_holds_an_invisible_character(raw in "[a-z\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{fe0f}\u{0}-\u{1f}]{1,20}") {
        if let Ok(name) = parse(&raw) {
            prop_assert!(name.chars().all(|c| c.is_ascii_lowercase()), "{:?}", name);
        }
    }
}

#[test]
fn a_providers_text_becomes_one_line_without_hidden_characters() {
    for (raw, line) in [
        (" Pat\r\nExample\u{2029} ", "Pat Example"),
        ("Pat\u{202e}tap\u{200b}\u{2066}\u{0}", "Pattap"),
        ("\u{feff}\u{200b}", ""),
        ("👩\u{200d}🚀 Pat", "👩\u{200d}🚀 Pat"),
        ("דנה כהן", "דנה כהן"),
    ] {
        assert_eq!(one_line(raw, 100), line, "{raw:?}");
    }
    assert_eq!(one_line(&"é".repeat(500), 100), "é".repeat(100));
    assert_eq!(one_line("ab cd", 3), "ab", "no blank at the end of what was cut");
}
