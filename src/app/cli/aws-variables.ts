import type { Environment } from '../../config/environment.js';
import type { AwsVariables } from '../../engine/backups/s3/address.js';

export function awsVariables(environment: Environment): AwsVariables {
  return {
    accessKeyId: environment.AWS_ACCESS_KEY_ID?.reveal(),
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY?.reveal(),
    sessionToken: environment.AWS_SESSION_TOKEN?.reveal(),
    region: environment.AWS_REGION,
  };
}
