// The sections of docs/policy.md that no schema holds. What they say stands in src/core/policy/ (merge, settle, rules,
// restrict, decide, commandPattern), src/core/scope/pathRule.ts and src/core/flow/ruleOfTwo.ts; keep them together.

export const INTRODUCTION = `# The policy

A policy is a YAML file that says what the agent may do, what asks, and what is denied. Every key may be left out; what
is left out keeps its default. A key that does not exist is an error, so that no typing mistake loosens anything. While
a policy has an error, or is there and cannot be read, no run starts and a run at work ends; the message names file,
line and column. \`oversign policy check\` looks for errors, \`oversign policy show\` prints the policy in force with the
origin of each value, and \`oversign policy schema\` prints the JSON Schema.`;

export const LAYERS = `## Layers

One file for each layer:

| layer | Linux | macOS | Windows |
| --- | --- | --- | --- |
| organization | \`/etc/oversign/policy.yaml\` | \`/Library/Application Support/oversign/policy.yaml\` | \`%ProgramData%\\oversign\\policy.yaml\` |
| user | \`~/.config/oversign/policy.yaml\` | \`~/Library/Application Support/oversign/policy.yaml\` | \`%APPDATA%\\oversign\\policy.yaml\` |
| workspace | \`.oversign/policy.yaml\` in each workspace folder | the same | the same |
| run | the file after \`oversign run --policy\` | the same | the same |

On Linux an absolute \`$XDG_CONFIG_HOME\` takes the place of \`~/.config\`.

- **Organization**: sets any key. On Linux and macOS the file counts only if root owns it and every folder above it and
  nobody else can write there; otherwise it is ignored, with a warning. Its \`roles\` replace its own keys for some users
  or groups, in order.
- **User**: sets what the organization leaves open, looser than the default too, and otherwise tightens.
- **Workspace**: only tightens. Once you have accepted it (\`oversign policy accept\`, or the command _Oversign: Accept
  Workspace Policy_) it may also loosen a default that neither organization nor user has set, its rules may allow, and
  its \`own_paths\` count. The acceptance is for exactly the file's content (its SHA-256): another content only tightens
  until it is accepted too. With several workspace folders, a default is loosened only if every folder has an accepted
  policy that speaks of it. It may not be a link or lie behind one.
- **Run**: only tightens.

What a layer wants and does not get is said in a note, at its place. \`denied_paths\`, \`protected_paths\` and
\`redaction.variables\` of all layers add up; a path must be in the \`allowed_paths\`, and in the \`own_paths\`, of every
layer that has some. Paths of a workspace policy bind inside its folder, its other keys everywhere.

Files are read again before every decision. What is tightened counts from the next decision, also for a question that
is waiting for its answer; what is loosened, and what is accepted, counts from the next run.`;

export const RULES = `## Rules

Rules say what happens to the calls that they match: \`allow\`, \`ask\` or \`deny\`. In each file the first rule that
matches counts, and the strictest layer wins: a later layer's rule changes what an earlier one's says only by being
stricter. A rule that allows does so over what asks by default. It passes no denied, protected or outside path, no
Rule of Two, and no missing sandbox, and it asks after all if the run may have changed a script that the command runs.

\`\`\`yaml
rules:
  - decision: allow
    commands: ['npm test', 'npm run lint']
    why: checks that everybody runs
    examples:
      match: ['npm test', 'npm test | head -n 5']
      no_match: ['npm install', 'npm test && rm -r build']
  - decision: ask
    paths: ['infra/']
    each_time: true
    why: somebody looks at each change of the servers
  - decision: deny
    commands: ['git push **', 'curl **']
    why: nothing leaves this machine
\`\`\`

A rule needs \`tools\`, \`commands\` or \`paths\`; with several of them, all must match. \`each_time\` is for rules that
ask, \`examples\` for rules with \`commands\` or \`paths\`.`;

export const PATTERNS = `## Command patterns

A pattern is a program and its arguments, as words: the first word is the program's name, and quotes keep blanks
together. Variables, pipes, redirections and other signs of the shell are no words of a pattern.

- \`npm test\`: exactly these words.
- \`npm run *\`: exactly one more word. Within a word \`*\` stands for any characters.
- \`npm run **\`: any further words, also none. \`**\` may stand at the end only.

To _allow_, every program of the command line must match a pattern of the rule or be known to only look, one of them
must match, and nothing else about the line may be doubtful (such as a redirection). A word that is not known beforehand
(\`$FILE\`) matches nothing then. A program's bare name means the one that the system finds, or one in a system folder
(\`/usr/bin/npm\`); a pattern such as \`./gradlew test\` means that spelling.

To _ask_ or _deny_, one program that matches is enough, by its name, in whatever folder it stands and whatever starts
it (\`env\`, \`sudo\`, \`bash -c\`); so write the bare name there: \`gradlew **\`, not \`./gradlew **\`. A word that is not
known beforehand matches \`*\` and \`**\` alone.`;

export const PATHS = `## Paths

An entry means the path and everything below it. \`~\` is your home folder; other relative paths start at each workspace
folder (in a workspace policy: at its own). In what forbids (\`denied_paths\`, \`protected_paths\`, rules that ask or
deny) a name without a slash, such as \`.env\` or \`*.pem\`, binds at any depth, and letter case and other spellings of
the same name make no difference. In what permits (\`allowed_paths\`, \`own_paths\`, rules that allow) entries are compared
exactly and start at the folder.

\`*\` and \`?\` stay within one name, \`**\` is any number of folders, and \`[a-z]\`, \`[!a-z]\` and \`{one,two}\` mean what
they mean in a shell. A rule about paths alone never allows a command.`;

export const HOSTS = `## Hosts

\`denied_domains\` of all layers add up and come first; a host must be in the \`allowed_domains\` of every layer that has
some; for a host in neither list \`other_domains\` says whether it asks or is denied. An entry is a name, \`*.name\` (what
is below it) or an address, with a port or \`:*\`. Spellings of the same host make no difference: letter case, a dot at
the end, other scripts (\`bücher.example\`), numbers (\`0x7f.1\` is \`127.0.0.1\`), addresses of IPv4 written as IPv6.

| | to allow | to deny |
| --- | --- | --- |
| \`example.com\` | exactly this host | this host and those below it |
| \`*.example.com\` | those below it | those below it |
| without a port | port 443, the one of https | every port |

What a name leads to is judged too, every answer of the name service: only public addresses are dialled. An address of
this machine, of a private network, of the local link, of a cloud’s metadata service, of NAT64, 6to4 or Teredo, and
whatever else is for special uses is refused. It may be dialled where \`allowed_domains\` names it and the host exactly;
a host that is named exactly may also lead into a private network.`;

export const ASKS = `## What asks by default

| action | without a rule |
| --- | --- |
| reading, listing, searching in the workspace | allowed |
| reading, editing or moving a likely secret, naming one in a command | asks |
| edits, new files, deletes, moves | ask; with \`confirm_actions: false\` allowed where the earlier content is kept |
| a command whose every program is known to only look | allowed; it runs with the workspace read-only, without network, with likely secrets hidden |
| every other command | asks |
| a command that cannot be confined in a sandbox | denied |
| an HTTP request to a host in \`allowed_domains\` | asks; with \`require_confirmation: false\` allowed where it is GET, HEAD or OPTIONS |
| an HTTP request to another host, or that holds what looks like a secret | asks |
| a command's connection to a host in \`allowed_domains\` | allowed |
| a command's connection to another host | asks; with \`sandbox: {network: allowed}\` allowed, with \`none\` there is no network |
| denied hosts, and names that lead to addresses that are not public | denied |
| denied paths, paths outside the workspace, changes of protected paths | denied |

Where nobody is there to ask, asking means denied. A denial is final: no approval passes it.`;

export const RULE_OF_TWO = `## Rule of Two

A run has three flags, and none goes out again: it has read content that is not yours (everything outside \`own_paths\`,
so everything while there are none); it has touched private data (likely secrets, protected paths, environment variables
that commands may see); it can change what no checkpoint keeps, or send data out (a command that may write, an HTTP
request). Any two of them are
let be. The action that would light the third always asks, whatever rule or remembered approval covers it.`;

export const EXAMPLE = `## An example

\`\`\`yaml
confirm_actions: true
max_iterations: 25
timeout: 600
sandbox: true
tools:
  file_system:
    enabled: true
    allowed_paths: ["/home/user/projects"]
    denied_paths: ["/etc", "/var", "~/.ssh"]
  code_execution:
    enabled: true
    languages: [python, javascript]
    timeout: 30
  web_browsing:
    enabled: false
  api_calls:
    enabled: true
    require_confirmation: true
\`\`\`

\`languages\` has no bash here, so the agent is offered no \`run_command\` tool at all: programs in Python and JavaScript are run by \`run_code\`, and each asks. \`web_browsing\`
is off here; enabled, it gives the agent the tool \`fetch_page\`.
\`api_calls\` gives the agent the tool \`http_request\`, and each request asks. \`allowed_paths\` narrows a workspace in \`/home/user/projects\` by nothing, and leaves nothing of
one elsewhere.`;
