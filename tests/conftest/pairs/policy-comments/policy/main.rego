# A comment first.

package main # and here

# deny contains "in a comment"

deny contains "told" # not "this"
