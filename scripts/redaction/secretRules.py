"""`python3 scripts/redaction/secretRules.py GITLEAKS COMMIT`: writes the rules by which likely secrets are found in output
from a copy of https://github.com/gitleaks/gitleaks at that commit. GITLEAKS is its folder; Python 3.11 or later.

Left out are the generic rules, which find words beside `key =`, and rules that hold for files of some names alone:
output has no name. A rule without a keyword would be looked for everywhere.
"""

import json
import pathlib
import sys
import tomllib

folder, commit = pathlib.Path(sys.argv[1]), sys.argv[2]
here = pathlib.Path(__file__).parents[2] / "src" / "core" / "redaction"
# The second takes any 40 hexadecimal digits; what stands in headers and in `user:password@` is found by where it stands.
LEFT_OUT = {"generic-api-key", "sourcegraph-access-token", "curl-auth-header", "curl-auth-user"}


def allowed(lists):
    """Of what a rule finds, what is none: by the secret or the whole match. What needs a file's name is left out."""
    kept = []
    for one in lists:
        if "paths" in one or one.get("regexTarget") == "line":
            continue
        kept.append(
            {
                "of": "match" if one.get("regexTarget") == "match" else "secret",
                "regexes": one.get("regexes", []),
                "words": [word.lower() for word in one.get("stopwords", [])],
            }
        )
    return kept


with open(folder / "config" / "gitleaks.toml", "rb") as file:
    config = tomllib.load(file)
rules = [
    {
        "id": rule["id"],
        "regex": rule["regex"],
        "keywords": sorted({word.lower() for word in rule["keywords"]}),
        "entropy": rule.get("entropy", 0),
        "group": rule.get("secretGroup", 0),
        "allowed": allowed(rule.get("allowlists", [])),
    }
    for rule in config["rules"]
    if "regex" in rule and "path" not in rule and rule.get("keywords") and rule["id"] not in LEFT_OUT
]
everywhere = {key: config["allowlist"][key] for key in ("regexes", "stopwords")}
table = {
    "from": "https://github.com/gitleaks/gitleaks/blob/" + commit + "/config/gitleaks.toml",
    "allowed": [{"of": "secret", "regexes": everywhere["regexes"], "words": [w.lower() for w in everywhere["stopwords"]]}],
    "rules": rules,
}
(here / "secretRules.json").write_text(json.dumps(table, indent=2, ensure_ascii=True) + "\n")
(here / "secretRules.LICENSE").write_text((folder / "LICENSE").read_text())
print(f"{len(rules)} of {len(config['rules'])} rules")
