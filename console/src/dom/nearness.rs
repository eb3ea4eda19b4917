//! Which elements are near what is seen.

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// Tells when elements come near what is seen, and when they leave, until it is dropped.
pub struct Nearness {
    observer: IntersectionObserver,
    _told: Closure<dyn FnMut(Array)>,
}

impl Nearness {
    /// `told` gets an element, whether it is nearer than so many pixels to what is seen, and how high it is. Nothing where the
    /// browser cannot tell.
    pub fn new(pixels: u32, mut told: impl FnMut(Element, bool, f64) + 'static) -> Option<Self> {
        let heard = Closure::<dyn FnMut(Array)>::new(move |entries: Array| {
            for entry in entries.iter().filter_map(|it| it.dyn_into::<IntersectionObserverEntry>().ok()) {
                told(entry.target(), entry.is_intersecting(), entry.bounding_client_rect().height());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(&format!("{pixels}px 0px"));
        let observer = IntersectionObserver::new_with_options(heard.as_ref().unchecked_ref(), &options).ok()?;
        Some(Self { observer, _told: heard })
    }

    /// From now on, and at once, it is told of this element.
    pub fn watch(&self, element: &Element) {
        self.observer.unobserve(element);
        self.observer.observe(element);
    }
}

impl Drop for Nearness {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
