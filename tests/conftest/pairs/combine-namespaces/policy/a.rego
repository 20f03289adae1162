package a

deny contains "none deletes" if {
	every document in input {
		every change in document.contents.resource_changes {
			not "delete" in change.change.actions
		}
	}
}
