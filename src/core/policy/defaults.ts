import type { PathRule } from '../scope/pathRule.ts';

const builtIn = (written: string): PathRule => ({ written, origin: { layer: 'built-in' } });

/**
 * Likely secrets: reading one asks. Names that say "example" are for everybody's eyes and are left out below. Not here
 * are files that most projects have without a secret in them and that are read every day (`nuget.config`,
 * `gradle.properties`, `.yarnrc.yml`, `pip.conf`, `auth.json`, `*.tfvars`, `.envrc`, `.git/config`): what stands in
 * their addresses and headers is masked.
 */
export const SECRETS: PathRule[] = [
  '.env',
  '.env.*',
  '*.pem',
  '*.key',
  '*.p12',
  '*.pfx',
  '*.jks',
  '*.keystore',
  'id_rsa*',
  'id_ecdsa*',
  'id_ed25519*',
  '.npmrc',
  '.netrc',
  '.pypirc',
  '.pgpass',
  '.git-credentials',
  '_netrc',
  'id_dsa*',
  '*.ppk',
  '*.p8',
  '*.kdbx',
  '*.tfstate',
  '*.tfstate.*',
  '.terraformrc',
  'credentials.tfrc.json',
  'credentials',
  'credentials.json',
  'credentials.toml',
  'client_secret*.json',
  'application_default_credentials.json',
  'service-account*.json',
  'secrets.yml',
  'secrets.yaml',
  'secrets.json',
  'secrets.toml',
  'local.settings.json',
  'kubeconfig',
  '*.kubeconfig',
  '.htpasswd',
  '.dockercfg',
  '**/.docker/config.json',
  '**/.m2/settings*.xml',
  '.condarc',
  '.my.cnf',
  '.s3cfg',
  '.boto',
  'rclone.conf',
  '.vault-token',
  '.password-store',
  '.azure',
  '.aws',
  '.ssh',
  '.gnupg',
  '.kube',
].map(builtIn);

/** Environment variables whose values are never shown: these names, and those with a telling ending. */
export const SECRET_VARIABLE = /(^|_)(API_?KEY|TOKEN|SECRET|PASSWORD|PASSWD|PRIVATE_KEY|CREDENTIALS?)($|_)/i;
