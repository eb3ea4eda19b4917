//! What a list is narrowed to: words, and a few choices. The address keeps it.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::MemberRef;
use shared::wire::lists::Filter;
use shared::wire::{Channel, FormKind};

use super::views::ViewsMenu;
use crate::app::Desk;
use crate::list::Which;
use crate::narrow::{self, Chip};
use crate::parts::Fold;
use crate::{api, dom, words};

/// The element that words are typed in.
pub const TEXT: &str = "narrow-text";
const OPEN: &str = "narrow-open";
/// It looks once one stops typing.
const AFTER: Duration = Duration::from_millis(250);

/// Where words are typed, the choices, and the views that are kept.
#[component]
pub fn Narrow(which: Memo<Which>) -> impl IntoView {
    let desk = Desk::here();
    let text = RwSignal::new(String::new());
    // What is typed and not looked for yet stays; what the address says otherwise is taken over.
    Effect::new(move |_| {
        let q = which.with(|it| it.filter.q.clone());
        if text.with_untracked(|text| narrow::words_of(text) != q) {
            text.set(q);
        }
    });
    let look = move || {
        let Some(q) = text.try_with_untracked(|text| narrow::words_of(text)) else { return };
        let now = which.get_untracked();
        if now.filter.q != q {
            // One step of the way back for all that is typed.
            let replaces = !now.filter.q.is_empty();
            let filter = Filter { q, ..now.filter.clone() };
            desk.go(&narrow::path(&now.narrowed(filter)), replaces);
        }
    };
    let mut later = debounce(AFTER, move |()| look());
    let open = RwSignal::new(false);
    let label = Signal::derive(move || {
        let count =
            which.with(|it| narrow::chips(&Filter { q: String::new(), ..it.filter.clone() }, str::to_owned).len());
        if count == 0 { "Filter".to_owned() } else { format!("Filter ({count})") }
    });
    view! {
        <form
            role="search"
            class="narrow"
            aria-label="This list"
            on:submit=move |event| {
                event.prevent_default();
                look();
            }
        >
            <label class="hidden" for=TEXT>
                "Look in this list"
            </label>
            <input
                id=TEXT
                type="search"
                placeholder="Name, e-mail, reference, text"
                maxlength=narrow::MAX_TEXT.to_string()
                autocomplete="off"
                spellcheck="false"
                prop:value=text
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    later(());
                }
                on:keydown=move |event| {
                    if event.key() == "Escape" && text.with_untracked(String::is_empty) {
                        event.prevent_default();
                        dom::focus("page");
                    }
                }
            />
            <Fold id=OPEN label name="Filter" open>
                <Choices which />
            </Fold>
            <ViewsMenu which />
        </form>
    }
}

/// The choices, as they are known when they are opened.
#[component]
fn Choices(which: Memo<Which>) -> impl IntoView {
    let desk = Desk::here();
    let filter = Memo::new(move |_| which.with(|it| it.filter.clone()));
    let set = move |change: &dyn Fn(&mut Filter)| {
        let now = which.get_untracked();
        let mut filter = now.filter.clone();
        change(&mut filter);
        desk.go(&narrow::path(&now.narrowed(filter)), false);
    };
    let kinds = [FormKind::Inquiry, FormKind::Trial, FormKind::Support]
        .map(|kind| (kind.tag().to_owned(), words::kind(kind).to_owned()));
    let channels = Channel::ALL.map(|channel| (channel.tag().to_owned(), words::channel(channel).to_owned()));
    let tiers = Memo::new(move |_| {
        let usual = ["A", "B", "C"].map(|tier| (tier.to_owned(), words_of_tier(tier)));
        with_chosen(usual.to_vec(), &filter.get().tier, words_of_tier)
    });
    let known = desk.known_sites();
    let sites = Memo::new(move |_| {
        let known = known.iter().map(|site| (site.clone(), site.clone())).collect();
        with_chosen(known, &filter.get().site, str::to_owned)
    });
    let colleagues = RwSignal::new(desk.known_owners());
    if desk.sees_team.get_untracked() {
        // Where it cannot be read, the owners of the rows will do.
        spawn_local(async move {
            if let Ok(team) = api::team().await {
                let all = team.members.into_iter().map(|it| it.member);
                let _ = colleagues.try_update(|known| known.extend(all));
            }
        });
    }
    let owners = Memo::new(move |_| {
        let me = desk.me.get();
        let mut all: Vec<(String, String)> = me.iter().map(|me| (me.id.clone(), "You".to_owned())).collect();
        let mut others = colleagues.get();
        others.sort_by(|one, other| one.name.cmp(&other.name));
        for MemberRef { id, name } in others {
            if all.iter().all(|(known, _)| *known != id) {
                all.push((id, name));
            }
        }
        with_chosen(all, &filter.get().owner, str::to_owned)
    });
    view! {
        <div class="choices-of-list">
            <Choice
                id="narrow-kind"
                label="Kind"
                any="Any kind"
                options=Signal::stored(kinds.to_vec())
                chosen=Memo::new(move |_| filter.get().kind.map(|kind| kind.tag().to_owned()).unwrap_or_default())
                choose=move |tag: String| set(
                    &|it| it.kind = narrow::read(|name| (name == "kind").then(|| tag.clone())).kind,
                )
            />
            <Choice
                id="narrow-tier"
                label="Tier"
                any="Any tier"
                options=tiers
                chosen=Memo::new(move |_| filter.get().tier)
                choose=move |tier: String| set(&|it| it.tier.clone_from(&tier))
            />
            <Choice
                id="narrow-site"
                label="Site"
                any="Any site"
                options=sites
                chosen=Memo::new(move |_| filter.get().site)
                choose=move |site: String| set(&|it| it.site.clone_from(&site))
            />
            <Choice
                id="narrow-channel"
                label="Came"
                any="In any way"
                options=Signal::stored(channels.to_vec())
                chosen=Memo::new(move |_| filter.get().channel.map(|it| it.tag().to_owned()).unwrap_or_default())
                choose=move |tag: String| set(&|it| it.channel = Channel::from_tag(&tag))
            />
            <Choice
                id="narrow-owner"
                label="Owner"
                any="Anybody or nobody"
                options=owners
                chosen=Memo::new(move |_| filter.get().owner)
                choose=move |owner: String| set(&|it| it.owner.clone_from(&owner))
            />
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || filter.get().complaint
                    on:change=move |event| {
                        let only = event_target_checked(&event);
                        set(&|it| it.complaint = only);
                    }
                />
                "Complaints only"
            </label>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || filter.get().pressing
                    on:change=move |event| {
                        let only = event_target_checked(&event);
                        set(&|it| it.pressing = only);
                    }
                />
                "Pressing only: half of a promise\u{2019}s time is gone"
            </label>
        </div>
    }
}

#[component]
fn Choice(
    id: &'static str,
    label: &'static str,
    any: &'static str,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    chosen: Memo<String>,
    choose: impl Fn(String) + 'static,
) -> impl IntoView {
    let option = move |(value, says): (String, String)| {
        let this = value.clone();
        view! {
            <option value=value selected=move || chosen.with(|chosen| *chosen == this)>
                {says}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id on:change=move |event| choose(event_target_value(&event))>
                <option value="" selected=move || chosen.with(String::is_empty)>
                    {any}
                </option>
                {move || options.get().into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}

/// What the list is narrowed to, each with a button that takes it away.
#[component]
pub fn Chips(which: Memo<Which>) -> impl IntoView {
    let desk = Desk::here();
    let chips = Memo::new(move |_| {
        let me = desk.my_id();
        let owners = desk.known_owners();
        let named = |id: &str| match owners.iter().find(|owner| owner.id == id) {
            _ if id == me => "Yours".to_owned(),
            Some(owner) => owner.name.clone(),
            None => id.to_owned(),
        };
        which.with(|it| narrow::chips(&it.filter, named))
    });
    let go = move |filter: Filter| {
        desk.go(&narrow::path(&which.get_untracked().narrowed(filter)), false);
        // The button that was pressed is gone.
        dom::focus_soon(OPEN);
    };
    let chip = move |Chip { says, without }: Chip| {
        let name = format!("{says}: take away");
        view! {
            <li>
                <button class="chip" aria-label=name on:click=move |_| go(without.clone())>
                    <bdi>{says}</bdi>
                    <span class="cross" aria-hidden="true">
                        "\u{00d7}"
                    </span>
                </button>
            </li>
        }
    };
    move || {
        let chips = chips.get();
        (!chips.is_empty()).then(|| {
            view! {
                <ul class="chips" aria-label="Narrowed to">
                    {chips.into_iter().map(chip).collect_view()}
                    <li>
                        <button class="plain" on:click=move |_| go(Filter::default())>
                            "Clear"
                        </button>
                    </li>
                </ul>
            }
        })
    }
}

/// The options, with what is chosen among them, whatever it is.
fn with_chosen(
    mut options: Vec<(String, String)>,
    chosen: &str,
    says: impl Fn(&str) -> String,
) -> Vec<(String, String)> {
    if !chosen.is_empty() && options.iter().all(|(value, _)| value != chosen) {
        options.push((chosen.to_owned(), says(chosen)));
    }
    options
}

fn words_of_tier(tier: &str) -> String {
    match tier {
        "A" => "A: strong fit".to_owned(),
        "B" => "B: fair fit".to_owned(),
        "C" => "C: weak fit".to_owned(),
        exact => exact.to_owned(),
    }
}
