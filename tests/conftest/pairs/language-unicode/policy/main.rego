package main

deny contains sprintf("%s → %d letters ✓", [team, count(team)]) if {
	team := input.resource_changes[_].change.after.tags.team
}

warn contains "日本語 \u00e9 \"quoted\" \\ \t."
