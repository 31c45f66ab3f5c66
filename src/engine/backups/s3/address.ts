import { UserError } from '../../model/errors.js';

/** A bucket of Amazon S3, or of any store that speaks as it does (MinIO, Ceph, Google Cloud Storage, ...). */
export interface BucketAddress {
  /** URL of the bucket, without a slash at its end. */
  url: string;
  /** What all keys begin with: `reviver/` or empty. */
  prefix: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** The variable that names it, for advice. */
  variable: string;
}

export interface AwsVariables {
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  sessionToken?: string | undefined;
  region?: string | undefined;
}

/**
 * Reads BACKUP_S3_URL and its like: `s3://bucket/prefix` is Amazon's, `https://host/bucket/prefix` any other store's; both take `?region=`.
 * Credentials stand in the URL, `https://KEY:SECRET@host/...`, or in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
 */
export function readBucketAddress(given: string, aws: AwsVariables = {}, variable = 'BACKUP_S3_URL'): BucketAddress {
  const { protocol, host, username, password, pathname, searchParams } = new URL(given);
  const region = searchParams.get('region') ?? aws.region ?? 'us-east-1';
  const [first = '', ...rest] = pathname.split('/').filter((part) => part !== '');
  const amazon = protocol === 's3:';
  const bucket = amazon ? host : first;
  if (bucket === '') throw bad(variable, 'names no bucket', 'https://s3.example.com/bucket/prefix');
  const folders = amazon ? [first, ...rest].filter((part) => part !== '') : rest;
  const accessKeyId = decodeURIComponent(username) || aws.accessKeyId;
  const secretAccessKey = decodeURIComponent(password) || aws.secretAccessKey;
  if (!accessKeyId || !secretAccessKey)
    throw bad(
      variable,
      'has no credentials',
      'AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=..., or KEY:SECRET@ in the URL',
    );
  const fromVariables = username === '' && aws.sessionToken;
  return {
    url: amazon ? amazonUrl(bucket, region) : `${protocol}//${host}/${bucket}`,
    prefix: folders.length === 0 ? '' : `${folders.join('/')}/`,
    region,
    accessKeyId,
    secretAccessKey,
    variable,
    ...(fromVariables ? { sessionToken: fromVariables } : {}),
  };
}

/** A name with dots fits no certificate as a part of the host. Source: Amazon S3 User Guide, Virtual hosting of buckets. */
function amazonUrl(bucket: string, region: string): string {
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

function bad(variable: string, what: string, example: string): UserError {
  return new UserError('invalid_input', `${variable} ${what}. Example: ${example}`);
}
