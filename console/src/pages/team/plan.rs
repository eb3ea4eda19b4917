//! When a member works, to be changed by whoever manages. What is typed stays until it is saved.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::FieldProblem;
use shared::wire::pool::Hours;
use shared::wire::team::{ChangePlan, MemberView, Plan};

use super::Board;
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::dom;
use crate::parts::hours::{self, DAYS};
use crate::parts::{Lines, Number, Text, Wrong, Wrongs};

/// The zone of whoever has no hours of their own yet.
const USUAL_ZONE: &str = "Europe/London";

/// What is typed.
#[derive(Clone, Copy)]
struct Typed {
    own_hours: RwSignal<bool>,
    zone: RwSignal<String>,
    days: [RwSignal<String>; 7],
    closed: StoredValue<Vec<String>>,
    leave: RwSignal<Vec<String>>,
    total: RwSignal<Option<f64>>,
    base: StoredValue<Plan>,
}

impl Typed {
    fn of(plan: &Plan) -> Self {
        let week = plan.hours.as_ref().map(|hours| hours.week.clone()).unwrap_or_default();
        let text = |at: usize| RwSignal::new(hours::to_text(hours::day(&week, at)));
        Self {
            own_hours: RwSignal::new(plan.hours.is_some()),
            zone: RwSignal::new(plan.hours.as_ref().map_or(USUAL_ZONE, |hours| &hours.zone).to_owned()),
            days: [text(0), text(1), text(2), text(3), text(4), text(5), text(6)],
            closed: StoredValue::new(plan.hours.as_ref().map(|hours| hours.closed.clone()).unwrap_or_default()),
            leave: RwSignal::new(plan.leave.iter().map(hours::leave_to_text).collect()),
            total: RwSignal::new(plan.capacity.total.map(f64::from)),
            base: StoredValue::new(plan.clone()),
        }
    }

    /// The plan, or what is not one.
    fn read(self) -> Result<Plan, Vec<FieldProblem>> {
        let mut wrong = Vec::new();
        let mut say = |field: String, message: &str| {
            wrong.push(FieldProblem { field, code: "unreadable".to_owned(), message: message.to_owned() });
        };
        let mut plan = self.base.get_value();
        plan.hours = None;
        if self.own_hours.get_untracked() {
            let mut days: [Vec<[String; 2]>; 7] = Default::default();
            for (at, (day, typed)) in days.iter_mut().zip(self.days).enumerate() {
                match hours::read(&typed.get_untracked()) {
                    Some(read) => *day = read,
                    None => say(day_field(at), "write this as 09:00-12:30, 13:30-17:00"),
                }
            }
            let (zone, closed) = (self.zone.get_untracked().trim().to_owned(), self.closed.get_value());
            plan.hours = Some(Hours { zone, week: hours::week(days), closed });
        }
        let leave = self.leave.get_untracked();
        plan.leave = leave.iter().filter(|text| !text.trim().is_empty()).map(|text| hours::read_leave(text)).collect();
        plan.capacity.total = match self.total.get_untracked() {
            None => None,
            Some(total) if total >= 0.0 && total.fract() == 0.0 && total <= f64::from(u32::MAX) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
                let total = total as u32;
                Some(total)
            }
            Some(_) => {
                say("capacity.total".to_owned(), "this is a whole number");
                None
            }
        };
        if wrong.is_empty() { Ok(plan) } else { Err(wrong) }
    }
}

fn day_field(at: usize) -> String {
    format!("hours.{}", DAYS.get(at).copied().unwrap_or_default().to_lowercase())
}

/// The form of one member.
#[component]
pub fn PlanForm(board: Board, member: MemberView, close: Callback<()>) -> impl IntoView {
    let typed = Typed::of(&member.plan);
    let wrong: Wrongs = RwSignal::new(Vec::new());
    let refused = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let id = StoredValue::new(member.member.id.clone());
    let name = member.member.name.clone();
    let save = move || {
        if busy.get_untracked() {
            return;
        }
        let plan = match typed.read() {
            Ok(plan) => plan,
            Err(problems) => {
                wrong.set(problems);
                refused.set(Some("Some fields are wrong. Nothing was saved.".to_owned()));
                return;
            }
        };
        busy.set(true);
        refused.set(None);
        wrong.set(Vec::new());
        spawn_local(async move {
            let change = ChangePlan { base: typed.base.get_value(), plan };
            let answer = api::change_plan(&id.get_value(), &change).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(view) => {
                    board.desk.say("Saved");
                    board.take(view);
                    close.run(());
                }
                Err(Failure::SignedOut) => board.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = wrong.try_set(failure.fields().to_vec());
                    let fields = !failure.fields().is_empty();
                    let says = if fields {
                        "Some fields are wrong. Nothing was saved.".to_owned()
                    } else {
                        failure.sentence()
                    };
                    let _ = refused.try_set(Some(says));
                }
            }
        });
    };
    let day = move |at: usize| {
        let field = day_field(at);
        let value = typed.days.get(at).copied();
        value.map(|value| {
            view! {
                <Text wrong field label=DAYS.get(at).copied().unwrap_or_default() value set=move |text| value.set(text) />
            }
        })
    };
    view! {
        <form
            class="form plan"
            aria-label=format!("When {name} works")
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            {move || refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=typed.own_hours
                    on:change=move |event| typed.own_hours.set(event_target_checked(&event))
                />
                "Hours of their own, in place of their team\u{2019}s"
            </label>
            {move || {
                typed
                    .own_hours
                    .get()
                    .then(|| {
                        view! {
                            <div class="plan-hours">
                                <Text
                                    wrong
                                    field="zone"
                                    label="Time zone"
                                    help="By its name: Europe/London"
                                    value=typed.zone
                                    set=move |text| typed.zone.set(text)
                                />
                                <div class="plan-week">{(0..DAYS.len()).map(day).collect_view()}</div>
                                <Wrong wrong field="hours" />
                            </div>
                        }
                    })
            }}
            <Lines
                wrong
                field="leave"
                label="Leave"
                one="Leave"
                help="A day, or the first and the last: 2026-12-21 to 2027-01-04"
                values=typed.leave
                change=move |change| typed.leave.update(|lines| change(lines))
                tidy=|text| text.trim().to_owned()
            />
            <Number
                wrong
                field="capacity.total"
                label="Open items at most"
                help="More are not given to them; what they take themselves is theirs to judge"
                value=typed.total
                set=move |number| typed.total.set(number)
            />
            <div class="buttons">
                <button class="button main" type="submit" aria-disabled=move || busy.get().to_string()>
                    "Save"
                </button>
                <button class="button" type="button" on:click=move |_| close.run(())>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}

/// Where the focus goes when a form is closed.
pub fn back_to(member: &str) {
    dom::focus_soon(button_id(member));
}

/// The id of the button that opens a member's form.
pub fn button_id(member: &str) -> String {
    format!("plan-{member}")
}
