import { delimiter, resolve } from 'node:path';
import { z } from 'zod';
import { withoutCredentials } from '../engine/model/redact.js';
import { isBadAddress, readRedisAddress } from '../engine/model/redis-address.js';
import { Secret } from './secret.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const text = z.string();
const path = text.transform((value) => resolve(value));
/** Several files, divided as in PATH. */
const paths = text.transform((value) =>
  value
    .split(delimiter)
    .filter((one) => one !== '')
    .map((one) => resolve(one))
    .join(delimiter),
);
const level = text.toLowerCase().pipe(z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(', ')}` }));
const port = text
  .regex(/^\d{1,5}$/, 'a port from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'a port from 0 to 65535');
const web = url('https', 'http');

function url(...protocols: string[]): z.ZodType<string, string> {
  const expected = `a URL that begins with ${protocols.map((name) => `${name}://`).join(' or ')}`;
  const fits = (value: string) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1));
  return text.refine(fits, expected);
}

/** As a browser says them: no path. */
const origins = text
  .toLowerCase()
  .refine(
    (value) => value.split(',').every((one) => URL.canParse(one) && new URL(one).origin === one),
    'one or several origins such as https://reviver.example.com, with commas between them',
  );

/** One server, Sentinels, or a cluster. */
export const redis = text.superRefine((value, ctx) => {
  const read = readRedisAddress(value);
  if (isBadAddress(read)) ctx.addIssue({ code: 'custom', message: read.expected });
});

/** What `git push` takes. */
const repository = text.refine(
  (value) => (/^(https?|ssh|file):/.test(value) ? URL.canParse(value) : /^[\w.-]+@[\w.-]+:[^\s-]\S*$/.test(value)),
  'a repository such as https://user:token@host/path.git, ssh://git@host/path.git or git@host:path.git',
);

function plain<T>(schema: z.ZodType<T, string>, example: string) {
  return schema.optional().meta({ example });
}

/** Secrets of those who send alerts. */
const words = text.regex(
  /^[^\s,]{16,}(,[^\s,]{16,})*$/,
  'one or several of at least 16 characters, with commas between them',
);

/** Always there; the example is the default. */
function fixed<T>(schema: z.ZodType<T, string>, example: string) {
  return schema.prefault(example).meta({ example });
}

function secret(schema: z.ZodType<string, string>, example: string) {
  const hidden = schema.transform((value) => new Secret(value));
  return hidden.optional().meta({ example, secret: true });
}

/**
 * Every variable that Reviver reads. A message says what is expected; the example is shown with it. What can carry a
 * password is a secret.
 */
export const environmentSchema = z.object({
  DATABASE_URL: secret(url('postgresql', 'postgres'), 'postgresql://reviver:PASSWORD@127.0.0.1:5432/reviver'),
  REDIS_URL: secret(redis, 'redis://:PASSWORD@127.0.0.1:6379'),
  PORT: fixed(port, '8014'),
  METRICS_PORT: fixed(port, '9091'),
  LOG_LEVEL: fixed(level, 'info'),
  REVIVER_HOST: fixed(text, '127.0.0.1'),
  REVIVER_ORIGINS: plain(origins, 'https://reviver.example.com'),
  REVIVER_CONFIG: fixed(path, 'config/reviver.yaml'),
  REVIVER_RUNBOOKS: fixed(path, 'runbooks'),
  REVIVER_KNOWLEDGE: fixed(path, 'knowledge'),
  REVIVER_DATA: fixed(path, 'data'),
  REVIVER_SECRET_KEY: secret(text.regex(/^[0-9a-f]{64}$/i, '64 hex digits'), '(what "openssl rand -hex 32" prints)'),
  API_TOKENS_FILE: fixed(path, 'data/tokens.json'),
  AUDIT_SIGNING_KEY_FILE: fixed(path, 'data/audit/signing.key'),
  SLACK_BOT_TOKEN: secret(text.regex(/^xoxb-/, 'a bot token that begins with xoxb-'), 'xoxb-...'),
  SLACK_APP_TOKEN: secret(text.regex(/^xapp-/, 'an app-level token that begins with xapp-'), 'xapp-...'),
  SLACK_SIGNING_SECRET: secret(text.regex(/^\S{8,}$/, 'the signing secret of the Slack app'), '(32 hex digits)'),
  SLACK_API_URL: plain(web, 'https://slack.com/api/'),
  SLACK_WEBHOOK_URL: secret(web, 'https://hooks.slack.com/services/...'),
  TELEGRAM_BOT_TOKEN: secret(text.regex(/^\d+:[\w-]{20,}$/, 'a token from BotFather'), '123456:ABC...'),
  TELEGRAM_WEBHOOK_URL: plain(web, 'https://reviver.example.com/telegram/webhook'),
  TELEGRAM_WEBHOOK_SECRET: secret(
    text.regex(/^[\w-]{1,256}$/, 'letters, digits, _ and -, at most 256'),
    '(a long random word)',
  ),
  TELEGRAM_API_ROOT: plain(web, 'https://api.telegram.org'),
  PAGERDUTY_ROUTING_KEY: secret(text.regex(/^\w{16,64}$/, 'an Events API v2 integration key'), '(32 hex digits)'),
  PAGERDUTY_EVENTS_URL: plain(web, 'https://events.pagerduty.com/v2/enqueue'),
  SMTP_URL: secret(url('smtp', 'smtps'), 'smtps://user:PASSWORD@mail.example.com:465'),
  SMTP_FROM: plain(text.regex(/^\S+@\S+$/, 'a mail address'), 'reviver@example.com'),
  TWILIO_ACCOUNT_SID: plain(text.regex(/^AC\w{32}$/, 'an account SID: AC and 32 more'), 'AC...'),
  TWILIO_AUTH_TOKEN: secret(text, '(32 hex digits)'),
  TWILIO_FROM: plain(text.regex(/^\+\d{6,15}$/, 'a phone number with + and country code'), '+15005550006'),
  TWILIO_API_URL: plain(web, 'https://api.twilio.com'),
  ALERTS_TOKEN: secret(words, '(a long random word; two with a comma while it is changed)'),
  ALERTS_HMAC_SECRET: secret(words, '(a long random word; two with a comma while it is changed)'),
  PAGERDUTY_WEBHOOK_SECRET: secret(
    words,
    '(the secret of the webhook subscription; two with a comma while it is changed)',
  ),
  ALERT_WEBHOOK_URL: secret(web, 'https://hooks.example.com/incidents'),
  ALERT_WEBHOOK_SECRET: secret(
    text.regex(/^(whsec_[A-Za-z0-9+/=]{24,}|\S{16,})$/, 'whsec_ and base64, or at least 16 characters'),
    'whsec_(what "openssl rand -base64 32" prints)',
  ),
  BEV_ADMIN_EMAIL: plain(text.regex(/^\S+@\S+$/, 'a mail address'), 'oncall@example.com'),
  DOCKER_HOST: plain(url('unix', 'tcp', 'http', 'https', 'ssh'), 'unix:///var/run/docker.sock'),
  KUBECONFIG: plain(paths, '/home/reviver/.kube/config'),
  BACKUP_POSTGRES_DIR: plain(path, 'data/backups/postgres'),
  BACKUP_REDIS_DIR: plain(path, 'data/backups/redis'),
  BACKUP_KNOWLEDGE_DIR: plain(path, 'data/backups/knowledge'),
  BACKUP_CONFIGURATION_DIR: plain(path, 'data/backups/configuration'),
  BACKUP_VOLUMES_DIR: plain(path, 'data/snapshots-hourly'),
  BACKUP_VOLUMES_S3_URL: secret(url('s3', 'https', 'http'), 's3://bucket-of-volumes/prefix?region=eu-central-1'),
  BACKUP_BASE_DIR: plain(path, 'data/backups/base'),
  BACKUP_WAL_DIR: plain(path, 'data/backups/wal'),
  BACKUP_S3_URL: secret(url('s3', 'https', 'http'), 's3://bucket/prefix?region=eu-central-1'),
  BACKUP_MIRROR_URL: secret(repository, 'https://reviver:TOKEN@git.example.com/ops/mirror.git'),
  BACKUP_ARCHIVE_S3_URL: secret(url('s3', 'https', 'http'), 's3://another-bucket/prefix?region=eu-central-1'),
  AWS_ACCESS_KEY_ID: secret(text, 'AKIA...'),
  AWS_SECRET_ACCESS_KEY: secret(text, '(40 characters)'),
  AWS_SESSION_TOKEN: secret(text, '(of temporary credentials)'),
  AWS_REGION: plain(text.regex(/^[a-z0-9-]+$/, 'a region such as eu-central-1'), 'eu-central-1'),
  VAULT_ADDR: plain(web, 'https://vault.example.com:8200'),
  VAULT_TOKEN: secret(text.regex(/^\S+$/, 'a token of Vault'), 'hvs....'),
  VAULT_ROLE_ID: plain(
    text.regex(/^\S+$/, 'the id of an AppRole'),
    '(what "vault read auth/approle/role/NAME/role-id" gives)',
  ),
  VAULT_SECRET_ID: secret(
    text.regex(/^\S+$/, 'a secret id of that role'),
    '(what "vault write -f auth/approle/role/NAME/secret-id" gives)',
  ),
  VAULT_NAMESPACE: plain(text, 'team/'),
  VAULT_CACERT: plain(path, '/etc/ssl/vault-ca.pem'),
  OTEL_EXPORTER_OTLP_ENDPOINT: plain(web, 'http://127.0.0.1:4318'),
  CONSTITUTIONAL_HASH: plain(text.regex(/^[0-9a-f]{8,64}$/, '8 to 64 hex digits'), 'cdd01ef066bc6cf2'),
});

/**
 * The environment as Reviver understands it, by the variables' own names: numbers are numbers, paths are absolute,
 * secrets are wrapped.
 */
export type Environment = Readonly<z.output<typeof environmentSchema>>;
export type VariableName = keyof Environment;
export const VARIABLE_NAMES: readonly VariableName[] = environmentSchema.keyof().options;

export function isSecret(name: VariableName): boolean {
  return environmentSchema.shape[name].meta()?.secret === true;
}

/** One line about a bad value, which is not shown where it is a secret. */
export function badVariable(name: VariableName, value: string, expected: string): string {
  const shown = isSecret(name) ? 'its value' : `"${withoutCredentials(value).slice(0, 80)}"`;
  return `${name}: ${shown} is not allowed; expected ${expected}. ${example(name)}`;
}

export function missingVariable(name: VariableName): string {
  return `${name} is not set. ${example(name)}`;
}

function example(name: VariableName): string {
  return `Example: ${name}=${environmentSchema.shape[name].meta()?.example}`;
}
