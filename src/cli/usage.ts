import { HERE } from './modelOptions.ts';
import { PROVIDER_NAMES, PROVIDERS } from '../shared/providers.ts';

const VARIABLES = [...new Set(PROVIDER_NAMES.map((name) => PROVIDERS[name].server?.keyVariable ?? null))].filter(
  (variable) => variable !== null,
);

export const USAGE = `oversign: an agent whose every action is checked against a policy and recorded; commands run in a sandbox

  oversign run "task"          do a task in a workspace; asks "Allow? [y/N]" where the policy says so
  oversign models              the models that can be chosen here, and where each sends data
  oversign runs                what is at work now, in any window or terminal of yours
  oversign stop RUN            ends it, wherever it is at work
  oversign history [RUN]       past runs, or the events of one
  oversign report RUN          a run as a document (Markdown)
  oversign undo RUN            put back what a run changed, file tools and commands alike; shown and asked first
  oversign review [RUN]        what a run changed, file by file, to be kept or put back (default: the last run here)
  oversign questions           how much people were asked, week by week
  oversign verify [FILE]       whether the audit log, another one, or an export of one (-: standard input) is whole
  oversign export              the log as JSON Lines that can be checked without it
  oversign key                 the public key that the log is signed under
  oversign erase               take task texts, arguments and outputs out of the log for good
  oversign decide              tool calls in, one JSON object a line; decisions out; nothing is done
  oversign policy check [FILE] whether policy files are valid; without FILE, those of the workspace
  oversign policy show         the policy in force, each value with its origin
  oversign policy schema       the JSON Schema of policy files
  oversign policy accept       let the workspace's policy loosen what it asks for, after you saw it (--yes: unasked)
  oversign sandbox -- CMD …    your own command in the sandbox that the agent's commands get
  oversign doctor              what works on this machine, and what to do about the rest

Options of run:
  --workspace DIR              the workspace folder (default: the current one)
  ${`--model ${HERE.join('|')}`.padEnd(28)} the provider (at a terminal without it: ${PROVIDER_NAMES[0]})
  --model-name NAME            the model's name at the provider
  --base-url URL               another server than the provider's usual one
  --api-key-file FILE          a file with the API key (or the variable ${VARIABLES.join(', ')})
  --proxy URL                  a proxy for model servers on other machines (no variable names one)
  --ca-file FILE               certificates (PEM) to believe besides the system's
  --first-byte-seconds N       how long to wait for a reply to begin (usually 300; 900 nearby), and
  --between-bytes-seconds N    between two pieces of it (usually 300)
  --policy FILE                a policy for this run; it may only tighten
  --look | --ask | --review    only look and plan; ask before changes; or review them at the end (oversign review)
  --resume RUN ["message"]     go on with a run, however it ended, and tell it this first
  --folder DIR                 with --resume: where its folder is now, which was moved or renamed
  --fork RUN[:N] "message"      a new run that knows what was said in RUN, before your message N; files stay as they are
  --take-over RUN              go on here with a run that is at work in another window or terminal
  --answers-from-input         without a terminal: lines of standard input answer the questions, and are recorded so
  --once                       at a terminal: do not ask for a further message when the work has ended
  --json                       how it ended, as one object; everything else goes to standard error
                               exit code 0: finished; 1: failed; 2: wrong usage; 3: stopped, by whatever; 4: a limit;
                               5: finished, but something was not done because nobody was there to approve it
Options of models:
  --model, --base-url, --api-key-file, --proxy, --ca-file, --policy, --workspace   as for run: one server alone
  --json                       one source a line
Options of sandbox:
  --workspace DIR              the workspace folder (default: the current one)
  --policy FILE                a policy for this command; it may only tighten
  --yes                        also what removes packages that cannot be fetched again without network
  --json                       how it ended, limits and resource use, as one object with the output in it
Options of history:
  --text WORDS                 runs, or actions of a run, with these words; the last may be cut short
  --decision allow|ask|deny|approved|refused   --tool NAME   --effect NAME   --path PATH   --host HOST
                               runs in which something is so
  --limit N                    at most so many runs (default: 50)
  --json                       one object a line
Options of verify:
  --key FILE                   the public key that it must be signed under, as "oversign key" prints it
  --witness FILE               a witness file, or what a collector wrote (OTLP as JSON); may be given several times
                               exit code 0: whole and signed to its end; 1: not whole; 3: stopped;
                               5: nothing wrong found, but the last events are signed by nobody (yet);
                               6: something that was named cannot be looked at; 7: there is no log
Options of export:
  --run RUN                    one run alone, with what it takes to check it
  --output FILE                into a new file
Options of erase:
  --run RUN | --user NAME      of one run, or of all that an account started
  --yes                        without asking
Options of undo:
  --action ID | --since ID     one action alone, or it and all that the run did after it ("history RUN --json" has ids)
  --file PATH                  this file or folder alone
  --dry-run                    only what would be done
  --workspace DIR              where the run's folder is now (default: where it worked)
Options of review:
  --keep FILE, --revert FILE   keep it as it is, or put it back; each may be given several times
  --workspace DIR              where the run's folder is now (default: where it worked)
  --json                       what was changed, as one object
Options of decide:
  --look | --ask | --review    in which way the run would work (default: as the policy says)
Options of decide and policy:
  --workspace DIR              the workspace folder (default: the current one)
  --user-policy FILE           instead of the user's own policy
  --org-policy FILE            instead of the organization's policy
Options of policy check and show:
  --json                       one object a line; the last one of check says what they come to
Options of policy check:
  --strict                     what does not count is an error, too
  --layer organization|user|workspace|run   as which layer FILE is read (default: user, with roles organization)
Options of runs, questions, verify and doctor:
  --json                       for programs
Everywhere: --help, --version. An option that a command does not know is an error.
`;
