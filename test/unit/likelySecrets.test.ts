import { expect, test } from 'vitest';
import { SECRETS } from '../../src/core/policy/defaults.ts';
import { Scope } from '../../src/core/scope/scope.ts';

const scope = new Scope({ roots: ['/w'], home: '/home/u', allowed: [], denied: [], protected: [], secrets: SECRETS });

test.each([
  ...[
    '.docker/config.json',
    'home/.docker/config.json',
    '.m2/settings.xml',
    'a/.m2/settings-security.xml',
    '.dockercfg',
  ],
  ...['.cargo/credentials', '.cargo/credentials.toml', '.gem/credentials', '.htpasswd', 'infra/terraform.tfstate'],
  ...['terraform.tfstate.backup', '.terraform/terraform.tfstate', '.terraformrc', 'kubeconfig', 'dev.kubeconfig'],
  ...[
    'db.kdbx',
    'config/secrets.yml',
    'helm/secrets.yaml',
    '.streamlit/secrets.toml',
    '.s3cfg',
    '.boto',
    '.vault-token',
  ],
  ...[
    'key.ppk',
    'AuthKey.p8',
    'id_dsa',
    '_netrc',
    'client_secret_1.json',
    '.my.cnf',
    '.condarc',
    '.azure/x',
    'Secrets.YML',
  ],
])('%s is a likely secret', (path) => {
  expect(scope.isSecret(`/w/${path}`)).toBe(true);
});

test.each([
  ...[
    '.docker/Dockerfile',
    'config.json',
    '.cargo/config.toml',
    'settings.xml',
    'src/secrets.ts',
    'locales/en/auth.json',
  ],
  ...['nuget.config', 'gradle.properties', '.yarnrc.yml', 'pip.conf', 'prod.tfvars', '.git/config', 'release.asc'],
  ...['secrets.example.yml', 'terraform.tf', 'src/credentials.ts', '.gem/specs', '.envrc', 'docs/kubeconfig.md'],
])('%s is none', (path) => {
  expect(scope.isSecret(`/w/${path}`)).toBe(false);
});
