use super::*;
use crate::wire::prompt::{PageMatch, PagePart, PageRule};

const MINUTE: i64 = 60_000;
/// A Wednesday at noon, so that the day has room on both sides.
const NOON: i64 = 20_000 * DAY_MS + DAY_MS / 2;

#[test]
fn a_prompt_that_nothing_stops_is_shown() {
    assert_eq!(decide(&offer("help"), &History::default(), &Fatigue::default(), at(NOON)), Ok(()));
}

#[test]
fn each_gate_names_itself_where_those_before_it_let_pass() {
    // Everything that could stop it does; what comes first is taken away, one after the other.
    let fatigue = Fatigue { per_visit: 1, per_30_days: 1, cooldown_days: 7, dismissals: 1 };
    let mut history = History { displays: vec![shown("help", NOON)], conversions: vec![sent("trial", NOON)] };
    tell(&mut history, Told::Dismissed, NOON);
    let mut offer = Offer { form: Some("inquiry"), outside: Err(Gate::Site), ..offer("help") };
    let gate = |offer: &Offer<'_>, history: &History, fatigue: &Fatigue, now: i64| {
        decide(offer, history, fatigue, at(now)).map_err(Gate::tag)
    };
    let later = NOON + MINUTE;
    assert_eq!(gate(&offer, &history, &fatigue, later), Err("site"));
    offer.outside = Err(Gate::Page);
    assert_eq!(gate(&offer, &history, &fatigue, later), Err("converted"));
    history.conversions.clear();
    assert_eq!(gate(&offer, &history, &fatigue, later), Err("page"));
    offer.outside = Ok(());
    assert_eq!(gate(&offer, &history, &fatigue, later), Err("how_often"));
    offer.how_often = HowOften::Always;
    assert_eq!(gate(&offer, &history, &fatigue, later), Err("cooldown"));
    offer.cooldown_days = Some(0);
    assert_eq!(gate(&offer, &history, &fatigue, later), Err("per_visit"));
    assert_eq!(gate(&offer, &history, &fatigue, later + DAY_MS), Err("per_30_days"));
    let fatigue = Fatigue { per_visit: 9, per_30_days: 9, ..fatigue };
    assert_eq!(gate(&offer, &history, &fatigue, later), Err("dismissals"));
    assert_eq!(gate(&offer, &history, &fatigue, NOON + MONTH_MS), Ok(()));
}

#[test]
fn the_gates_outside_are_asked_in_order() {
    let hours = serde_json::from_value(json!({ "zone": "UTC", "week": { "monday": [["09:00", "17:00"]] } })).unwrap();
    let hours = Hours::parse(&hours).unwrap();
    let source: wire::Prompt = serde_json::from_value(json!({
        "id": "help", "look": "bar", "body": "?", "action": "Ask", "form": "inquiry", "triggers": ["exit_intent"],
        "pages": [{ "part": "path", "how": "is", "with": "/pricing" }],
        "gates": {
            "from": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z", "hours_of": "advisers", "online": "advisers",
            "audience": { "visit.pages": { "$gte": 2 } },
        },
    }))
    .unwrap();
    let prompt = Prompt::read(source, |_| Some(hours.clone())).unwrap();
    let outside = |url: &str, now: &str, online: &[String], pages: u32| {
        let facts = json!({ "visit": { "pages": pages } });
        let around = Circumstances { url, now: Timestamp::parse(now).unwrap(), online, facts: &facts };
        prompt.outside(&around).map_err(Gate::tag)
    };
    let here = "https://learn.example.com/pricing/";
    let advisers = ["advisers".to_owned()];
    assert_eq!(outside("https://learn.example.com/", "2026-10-31T23:59:59.999Z", &[], 0), Err("page"));
    assert_eq!(outside(here, "2026-10-31T23:59:59.999Z", &[], 0), Err("schedule"));
    assert_eq!(outside(here, "2026-12-01T00:00:00Z", &[], 0), Err("schedule"));
    assert_eq!(outside(here, "2026-11-24T10:00:00Z", &[], 0), Err("hours"));
    assert_eq!(outside(here, "2026-11-23T10:00:00Z", &[], 0), Err("online"));
    assert_eq!(outside(here, "2026-11-23T10:00:00Z", &advisers, 1), Err("audience"));
    assert_eq!(outside(here, "2026-11-23T10:00:00Z", &advisers, 2), Ok(()));
}

#[test]
fn how_often_is_what_it_says() {
    let open = Fatigue { per_visit: 99, per_30_days: 99, cooldown_days: 0, dismissals: 99 };
    let gate = |how_often, history: &History| {
        decide(&Offer { how_often, ..offer("help") }, history, &open, at(NOON + MINUTE)).map_err(Gate::tag)
    };
    let once = History { displays: vec![shown("help", NOON)], ..History::default() };
    let other = History { displays: vec![shown("other", NOON)], ..History::default() };
    let mut answered = once.clone();
    tell(&mut answered, Told::Answered, NOON);
    assert_eq!(gate(HowOften::Once, &other), Ok(()));
    assert_eq!(gate(HowOften::Once, &once), Err("how_often"));
    assert_eq!(gate(HowOften::Times(2), &once), Ok(()));
    assert_eq!(gate(HowOften::Times(1), &once), Err("how_often"));
    assert_eq!(gate(HowOften::Times(2), &answered), Err("how_often"));
    assert_eq!(gate(HowOften::UntilAnswered, &once), Ok(()));
    assert_eq!(gate(HowOften::UntilAnswered, &answered), Err("how_often"));
    assert_eq!(gate(HowOften::Always, &answered), Ok(()));
}

#[test]
fn a_cooldown_ends_to_the_millisecond() {
    let history = History { displays: vec![shown("other", NOON)], ..History::default() };
    let gate = |days, now| {
        let offer = Offer { cooldown_days: days, ..offer("help") };
        decide(&offer, &history, &Fatigue { per_visit: 9, ..Fatigue::default() }, at(now)).map_err(Gate::tag)
    };
    assert_eq!(gate(None, NOON + 7 * DAY_MS - 1), Err("cooldown"));
    assert_eq!(gate(None, NOON + 7 * DAY_MS), Ok(()));
    assert_eq!(gate(Some(1), NOON + DAY_MS - 1), Err("cooldown"));
    assert_eq!(gate(Some(1), NOON + DAY_MS), Ok(()));
    assert_eq!(gate(Some(0), NOON), Ok(()));
}

#[test]
fn nothing_is_asked_after_it_was_given() {
    let gate = |form, converted, now| {
        let history = History { conversions: vec![sent(converted, NOON)], ..History::default() };
        decide(&Offer { form, ..offer("help") }, &history, &Fatigue::default(), at(now)).map_err(Gate::tag)
    };
    assert_eq!(gate(Some("trial"), "trial", NOON + 10 * MONTH_MS), Err("converted"));
    assert_eq!(gate(Some("inquiry"), "trial", NOON + MONTH_MS - 1), Err("converted"));
    assert_eq!(gate(Some("inquiry"), "trial", NOON + MONTH_MS), Ok(()));
    assert_eq!(gate(None, "trial", NOON), Err("converted"));
}

#[test]
fn a_reservation_holds_others_back_until_it_lapses() {
    let mut history = History::default();
    history.displays.push(Display::reserved("1".to_owned(), "help".to_owned(), at(NOON)));
    let gate =
        |history: &History, now| decide(&offer("other"), history, &Fatigue::default(), at(now)).map_err(Gate::tag);
    assert_eq!(gate(&history, NOON + RESERVED_MS - 1), Err("cooldown"));
    assert_eq!(gate(&history, NOON + RESERVED_MS), Ok(()));
    // Told too late, it was shown all the same.
    tell(&mut history, Told::Shown, NOON + 1);
    assert_eq!(gate(&history, NOON + RESERVED_MS), Err("cooldown"));
}

#[test]
fn a_page_cannot_say_that_it_was_elsewhere_in_time() {
    let mut display = Display::reserved("1".to_owned(), "help".to_owned(), at(NOON));
    display.tell(Told::Shown, at(NOON - DAY_MS), at(NOON + MINUTE));
    display.tell(Told::Dismissed, at(NOON + DAY_MS), at(NOON + MINUTE));
    display.tell(Told::Dismissed, at(NOON), at(NOON + MINUTE));
    assert_eq!((display.shown_at, display.dismissed_at), (Some(at(NOON)), Some(at(NOON + MINUTE))));
    assert_eq!(display.answered_at, None);
}

#[test]
fn histories_of_one_person_are_joined_without_counting_twice() {
    let mut all = History { displays: vec![shown("a", NOON)], conversions: vec![sent("trial", NOON)] };
    let mut other = History { displays: vec![shown("a", NOON), shown("b", NOON)], conversions: vec![sent("trial", 0)] };
    other.displays[0].tell(Told::Dismissed, at(NOON), at(NOON));
    other.conversions.push(sent("inquiry", 0));
    all.join(other);
    assert_eq!(all.seen(at(NOON)).count(), 2);
    assert_eq!(all.displays[0].dismissed_at, Some(at(NOON)));
    assert_eq!(all.conversions, [sent("trial", NOON), sent("inquiry", 0)]);
}

#[test]
fn the_first_that_nothing_stops_is_chosen_and_each_says_why() {
    let offers = [Offer { outside: Err(Gate::Page), ..offer("a") }, offer("b"), offer("c")];
    let Choice { show, why } = choose(&offers, &History::default(), &Fatigue::default(), at(NOON));
    assert_eq!(show, Some("b"));
    assert_eq!(why, [("a", Err(Gate::Page)), ("b", Ok(())), ("c", Ok(()))]);
}

/// Whatever visitors, pages and clocks do in whatever order, no window holds more than its budget.
#[test]
fn no_sequence_exceeds_the_budget() {
    let prompts = ["a", "b", "c", "d"];
    let how_often = [HowOften::Always, HowOften::Once, HowOften::Times(3), HowOften::UntilAnswered];
    for seed in 1..=300 {
        let mut dice = Dice(seed);
        let fatigue = Fatigue {
            per_visit: dice.below(3) + 1,
            per_30_days: dice.below(6) + 1,
            cooldown_days: dice.below(3),
            dismissals: dice.below(3) + 1,
        };
        let mut history = History::default();
        let mut now = NOON;
        // Displays that their pages have not told of yet.
        let mut untold: Vec<usize> = Vec::new();
        for step in 0..400 {
            now += match dice.below(4) {
                0 => i64::from(dice.below(1_000)),
                1 => i64::from(dice.below(200)) * MINUTE,
                2 => i64::from(dice.below(50)) * 60 * MINUTE,
                _ => RESERVED_MS / 2,
            };
            let which = usize::try_from(dice.below(4)).unwrap();
            let cooldown_days = [None, Some(0), Some(1)][usize::try_from(dice.below(3)).unwrap()];
            let asked = Offer { how_often: how_often[which], cooldown_days, ..offer(prompts[which]) };
            if decide(&asked, &history, &fatigue, at(now)).is_ok() {
                check_room(&history, &fatigue, now, seed);
                untold.push(history.displays.len());
                history.displays.push(Display::reserved(format!("{step}"), asked.id.to_owned(), at(now)));
            }
            // A page tells before its reservation lapses, or never.
            untold.retain(|&index| now - history.displays[index].reserved_at.as_ms() < RESERVED_MS);
            if dice.below(3) > 0 && !untold.is_empty() {
                history.displays[untold.remove(0)].tell(Told::Shown, at(now), at(now));
            } else if dice.below(3) == 0 && !history.displays.is_empty() {
                tell(&mut history, if dice.below(4) == 0 { Told::Answered } else { Told::Dismissed }, now);
            }
        }
        let shown: Vec<i64> = history.displays.iter().filter_map(|d| d.shown_at).map(Timestamp::as_ms).collect();
        for &end in &shown {
            let month = shown.iter().filter(|&&at| at <= end && end - at < MONTH_MS).count();
            let visit = shown.iter().filter(|&&at| at / DAY_MS == end / DAY_MS).count();
            assert!(month <= fatigue.per_30_days as usize, "seed {seed}: {month} in 30 days, {fatigue:?}");
            assert!(visit <= fatigue.per_visit as usize, "seed {seed}: {visit} in a visit, {fatigue:?}");
        }
    }
}

/// Before a prompt is let through, each window has room for it.
fn check_room(history: &History, fatigue: &Fatigue, now: i64, seed: u64) {
    let seen = |from: i64| history.seen(at(now)).filter(|(_, seen)| seen.as_ms() > now - from).count();
    assert!(seen(MONTH_MS) < fatigue.per_30_days as usize, "seed {seed}");
    let today = history.seen(at(now)).filter(|(_, seen)| seen.day() == at(now).day()).count();
    assert!(today < fatigue.per_visit as usize, "seed {seed}");
    let dismissed = history.displays.iter().filter_map(|display| display.dismissed_at);
    let dismissed = dismissed.filter(|dismissed| now - dismissed.as_ms() < MONTH_MS).count();
    assert!(dismissed < fatigue.dismissals as usize, "seed {seed}");
}

#[test]
fn a_prompt_is_sent_in_one_language_and_without_its_gates() {
    let source: wire::Prompt = serde_json::from_value(json!({
        "id": "help", "look": "bar", "title": "Help?", "body": "Ask us", "action": "Ask", "form": "inquiry",
        "triggers": ["exit_intent"], "gates": { "online": "advisers" },
        "translations": { "pt": { "title": "Ajuda?", "body": "Pergunte" }, "pt-BR": { "body": "Fale com a gente" } },
    }))
    .unwrap();
    let read = |lang| {
        let sent = to_sent(&source, lang);
        assert!(sent.gates.is_none() && sent.translations.is_empty());
        (sent.title, sent.body, sent.action)
    };
    let words = |title: &str, body: &str| (title.to_owned(), body.to_owned(), "Ask".to_owned());
    assert_eq!(read("pt-PT"), words("Ajuda?", "Pergunte"));
    assert_eq!(read("pt-BR"), words("Help?", "Fale com a gente"));
    assert_eq!(read("de"), words("Help?", "Ask us"));
}

#[test]
fn a_tag_leads_back_to_its_gate() {
    for gate in [Gate::Site, Gate::Arm, Gate::Page, Gate::Schedule, Gate::Hours, Gate::Online, Gate::Audience] {
        assert_eq!(Gate::outside_of_tag(gate.tag()), Some(gate));
    }
    assert_eq!(Gate::outside_of_tag("cooldown"), None);
}

#[test]
fn a_rule_for_a_page_is_read_as_it_is_written() {
    let rule = PageRule { part: PagePart::Path, how: PageMatch::Is, with: "/pricing".to_owned() };
    assert!(page::matches(std::slice::from_ref(&rule), "https://learn.example.com/pricing/"));
    assert!(!page::matches(&[rule], "https://learn.example.com/"));
}

fn offer(id: &str) -> Offer<'_> {
    Offer { id, form: None, how_often: HowOften::Once, cooldown_days: None, outside: Ok(()) }
}

fn shown(prompt: &str, ms: i64) -> Display {
    Display { shown_at: Some(at(ms)), ..Display::reserved(format!("{prompt}{ms}"), prompt.to_owned(), at(ms)) }
}

fn sent(form: &str, ms: i64) -> Conversion {
    Conversion { form: form.to_owned(), at: at(ms) }
}

/// Tells of the latest display.
fn tell(history: &mut History, told: Told, ms: i64) {
    history.displays.last_mut().unwrap().tell(told, at(ms), at(ms));
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_ms(ms)
}

/// A small generator (xorshift), so that a seed that fails can be run again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(end)).unwrap()
    }
}
