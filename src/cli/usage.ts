export const USAGE = `oversign: an agent whose every action is checked against a policy and recorded; commands run in a sandbox

  oversign run "task"          do a task in a workspace; asks "Allow? [y/N]" where the policy says so
  oversign history [RUN]       past runs, or the events of one
  oversign verify              check the hash chain of the audit log
  oversign decide              tool calls in, one JSON object a line; decisions out; nothing is done
  oversign policy check [FILE] whether policy files are valid; without FILE, those of the workspace
  oversign policy show         the policy in force, each value with its origin
  oversign policy schema       the JSON Schema of policy files
  oversign policy accept       let the workspace's policy loosen what it asks for, after you saw it (--yes: unasked)
  oversign sandbox -- CMD …    your own command in the sandbox that the agent's commands get
  oversign doctor              what works on this machine, and what to do about the rest

Options of run:
  --workspace DIR              the workspace folder (default: the current one)
  --model demo|openai|ollama   the provider (default: demo)
  --model-name NAME            the model's name at the provider
  --base-url URL               another OpenAI-compatible or Ollama server
  --api-key-file FILE          a file with the API key (or the variable OPENAI_API_KEY)
  --policy FILE                a policy for this run; it may only tighten
  --resume RUN                 go on with an interrupted, stopped or limited run
Options of sandbox:
  --workspace DIR              the workspace folder (default: the current one)
  --policy FILE                a policy for this command; it may only tighten
  --json                       how it ended, limits and resource use, as one object with the output in it
Options of decide and policy:
  --workspace DIR              the workspace folder (default: the current one)
  --user-policy FILE           instead of the user's own policy
  --org-policy FILE            instead of the organization's policy
Everywhere: --json, --help, --version
`;
