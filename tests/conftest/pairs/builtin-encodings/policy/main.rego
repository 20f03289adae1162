package main

deny contains base64.encode("é?>")

deny contains base64url.encode("é?>")

deny contains base64.decode("w6k/Pg==")

deny contains json.marshal({"b": [1, "x"], "a": null})

deny contains sprintf("%v", [json.unmarshal(`{"k": [1, 2]}`)])

deny contains sprintf("%v", [yaml.unmarshal("k: [1, a]")])

deny contains hex.encode("oac")
