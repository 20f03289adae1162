package main

deny contains "strict" if data.strict == true

deny contains "lenient" if data.lenient == false

warn contains "text" if data.quoted == "yes"
