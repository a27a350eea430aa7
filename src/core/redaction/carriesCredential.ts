import { withoutCredentials } from './credentialsInText.ts';
import { isPlaceholder, isTokenLike } from './placeholder.ts';

/** `password = x`, `"auth": "x"`, `<password>x<`, `key="ClearTextPassword" value="x"`, `_authToken=x`, `token: x`. */
const SETTING =
  /(?:passw(?:or)?d|passphrase|token|secret|api_?key|_auth|"auth"|"identitytoken")\w{0,20}["']?(?:[ \t]{0,8}[:=>]|[ \t]{1,8}value[ \t]{0,4}=)[ \t]{0,8}["']?([^\s"'<>]{4,})/gi;
/** Tokens that say whose they are: GitHub, GitLab, npm, PyPI, Slack, AWS, Google, OpenAI, Anthropic. */
const FORMS =
  /(?<![A-Za-z0-9])(?:gh[pousr]_\w{20}|github_pat_\w{20}|glpat-[\w-]{16}|npm_\w{20}|pypi-[\w-]{20}|xox[abprs]-[\w-]{10}|AKIA[A-Z0-9]{16}|AIza[\w-]{20}|sk-[\w-]{20})/;
const COMMENTS = /<!--[^]*?-->|^[ \t]*[#;].*$|^[ \t]*\/\/[ \t].*$/gm;

/** Whether a file of settings holds a credential. What is commented out counts only if it looks like a token. */
export function carriesCredential(text: string): boolean {
  if (FORMS.test(text)) return true;
  const set = text.replace(COMMENTS, '');
  return masksAny(set) || [...set.matchAll(SETTING)].some(([, value = '']) => !isPlaceholder(value));
}

/** Whether a script does: it may well speak of tokens, so what it sets must look like one. */
export function scriptCarriesCredential(text: string): boolean {
  if (!text.startsWith('#!')) return false;
  return (
    FORMS.test(text) || masksAny(text) || [...text.matchAll(SETTING)].some(([, value = '']) => isTokenLike(value, 12))
  );
}

function masksAny(text: string): boolean {
  let masked = 0;
  withoutCredentials(text, false, () => {
    masked += 1;
  });
  return masked > 0;
}
