package main

deny["any"] { any([false, true]) }

deny["all"] { not all([false, true]) }

deny["match"] { re_match(`^aws_`, input.resource_changes[_].type) }

deny["difference"] { set_diff({1, 2}, {2}) == {1} }
