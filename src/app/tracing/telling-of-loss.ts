import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { redact } from '../../engine/model/redact.js';
import type { Log } from '../../engine/ports.js';

/** The exporter; that spans are lost, and that they are no longer, is said once each. */
export function tellingOfLoss(exporter: SpanExporter, log: Log): SpanExporter {
  let losing = false;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined;
        if (failed && !losing)
          log('warn', 'tracing: the collector takes no spans; they are lost, and nothing else is', {
            error: redact(result.error?.message ?? ''),
          });
        if (!failed && losing) log('info', 'tracing: the collector takes spans again');
        losing = failed;
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
