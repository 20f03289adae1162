//! Puts the two worlds of a path side by side, or below each other where there is no room.

use maud::{Markup, html};

use super::svg::{Layout, class, draw};
use crate::report::picture::scene::{Comparison, Scene};

/// `comparison` as a figure; `id` is not used twice in the document.
pub(super) fn figure(comparison: &Comparison, id: &str) -> Markup {
    match comparison {
        Comparison::Worlds { before, after } => {
            let scenes: Vec<&Scene> = [before, after].into_iter().flatten().collect();
            let layout = Layout::of(&scenes);
            html! {
                figure class=[(scenes.len() == 1).then_some("alone")] {
                    (world(before.as_ref(), &layout, &format!("{id}b"), "Before this plan", "This path is not there yet."))
                    (world(after.as_ref(), &layout, &format!("{id}a"), "After this plan", "This path is gone."))
                }
            }
        }
        Comparison::Names(scene) => html! {
            figure { (world(Some(scene), &Layout::of(&[scene]), id, "The path", "")) }
        },
    }
}

fn world(scene: Option<&Scene>, layout: &Layout, id: &str, title: &str, absent: &str) -> Markup {
    html! {
        div.world {
            p.when { (title) }
            @match scene {
                None => p.absent { (absent) },
                Some(scene) => {
                    (draw(scene, layout, id, title))
                    @let outcomes = scene.outcomes();
                    @if !outcomes.is_empty() {
                        ul.outcomes {
                            @for (way, text) in outcomes { li class=(class(way)) { (way.sign()) " " (text) } }
                        }
                    }
                }
            }
        }
    }
}
