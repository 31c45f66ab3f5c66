import { access, constants } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { ActionError } from '../../actions/action.js';
import { redact } from '../../model/redact.js';

/** How one cluster is reached. */
export interface Connection {
  server: URL;
  /** Name of the context, for people. */
  context: string;
  namespace: string;
  /** Certificates, proxy and credentials as they are now: a token may have been renewed. */
  options(): Promise<RequestOptions>;
}

/** Where Kubernetes puts what a pod may use. Source: its documentation, "Accessing the Kubernetes API from a Pod". */
const IN_POD = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export async function connect(kubeconfig: string | undefined, context: string | undefined): Promise<Connection> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  await load(config, kubeconfig, () => new Config());
  if (context !== undefined) choose(config, context);
  const cluster = config.getCurrentCluster();
  const current = config.getCurrentContext();
  if (!cluster || !URL.canParse(cluster.server))
    throw unusable(`its context ${current || '(none)'} leads to no cluster`);
  return {
    server: new URL(cluster.server),
    context: current,
    namespace: config.getContextObject(current)?.namespace ?? 'default',
    async options() {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options).catch((error: unknown) => {
        throw unusable(`its credentials cannot be used: ${wordsOf(error)}`);
      });
      return options;
    },
  };
}

async function load(config: KubeConfig, kubeconfig: string | undefined, another: () => KubeConfig): Promise<void> {
  const own = join(homedir(), '.kube', 'config');
  const given = kubeconfig?.split(delimiter).filter((path) => path !== '') ?? [];
  const files = given.length > 0 ? given : (await readable(own)) ? [own] : [];
  const [first, ...more] = files;
  if (first === undefined) {
    if (await readable(IN_POD)) return config.loadFromCluster();
    throw new ActionError(
      `No cluster is known: KUBECONFIG is not set, there is no ${own}, and this is no pod with a service account. Nothing was changed. Set KUBECONFIG to the file that kubectl uses.`,
      { code: 'no_cluster', retryable: false },
    );
  }
  try {
    config.loadFromFile(first);
    for (const file of more) {
      const other = another();
      other.loadFromFile(file);
      config.mergeConfig(other);
    }
  } catch (error) {
    throw unusable(`${files.join(', ')} cannot be read: ${wordsOf(error)}`);
  }
}

function choose(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) throw unusable(`it has no context ${context}; it has ${names.join(', ') || 'none'}`);
  config.setCurrentContext(context);
}

async function readable(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    () => false,
  );
}

function unusable(why: string): ActionError {
  return new ActionError(`The kubeconfig cannot be used: ${why}. Nothing was changed. Correct it, or set KUBECONFIG.`, {
    code: 'kubeconfig',
    retryable: false,
  });
}

/** The first line: what follows may quote the file. */
function wordsOf(error: unknown): string {
  const text =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  return redact(text.split('\n')[0] ?? '');
}
