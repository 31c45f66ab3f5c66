import type { Environment } from '../../config/environment.js';
import { type BucketAddress, readBucketAddress } from '../../engine/backups/s3/address.js';
import { UserError } from '../../engine/model/errors.js';
import { awsVariables } from './aws-variables.js';

/**
 * Where copies of hourly snapshots go; undefined: they lie on their disk alone. Never where dumps are: a mistake is a
 * `UserError`, and nothing starts. Source: disaster recovery document, both in separate buckets.
 * @param dumps buckets of backups, base backups and the log
 */
export function hourlySnapshotBucket(
  environment: Environment,
  dumps: readonly BucketAddress[],
): BucketAddress | undefined {
  const given = environment.BACKUP_VOLUMES_S3_URL?.reveal();
  if (given === undefined) return undefined;
  const bucket = readBucketAddress(given, awsVariables(environment), 'BACKUP_VOLUMES_S3_URL');
  const clash = dumps.find(({ url, prefix }) => url === bucket.url && overlap(prefix, bucket.prefix));
  if (clash === undefined) return bucket;
  throw new UserError(
    'invalid_input',
    `BACKUP_VOLUMES_S3_URL and ${clash.variable} name the same place (${bucket.url}/${bucket.prefix}), or one is in the other. Snapshots and dumps are kept apart: name another bucket.`,
  );
}

function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
