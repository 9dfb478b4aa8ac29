import { type ErrorCode, NightglassError } from '../domain/errors.ts';

/** Exit codes of every command: 0 fine, 1 failed, 2 usage, 3 configuration, 4 environment. */
export const exitCodes = {
  fine: 0,
  failed: 1,
  usage: 2,
  configuration: 3,
  environment: 4,
} as const;

const byCode: Partial<Record<ErrorCode, number>> = {
  USAGE: exitCodes.usage,
  CONFIG_INVALID: exitCodes.configuration,
  CONFIG_UNREADABLE: exitCodes.configuration,
  SECRET_MISSING: exitCodes.configuration,
  TLS_INVALID: exitCodes.configuration,
  ENVIRONMENT: exitCodes.environment,
  PROVIDER_UNAVAILABLE: exitCodes.environment,
  MODEL_MANIFEST_INVALID: exitCodes.environment,
  MODEL_FILE_MISSING: exitCodes.environment,
  MODEL_HASH_MISMATCH: exitCodes.environment,
  MODEL_SIGNATURE_INVALID: exitCodes.environment,
  MODEL_PARENT_UNKNOWN: exitCodes.environment,
  MODEL_LOAD_FAILED: exitCodes.environment,
  STORE_CORRUPT: exitCodes.environment,
  STORE_UNWRITABLE: exitCodes.environment,
  STORE_IN_USE: exitCodes.environment,
  STORE_KEY_MISSING: exitCodes.environment,
  STORE_KEY_INVALID: exitCodes.environment,
  AUDIT_UNAVAILABLE: exitCodes.environment,
  AUDIT_ANCHOR_FAILED: exitCodes.environment,
  BACKUP_FAILED: exitCodes.environment,
  TIMESTAMP_FAILED: exitCodes.environment,
  CLUSTER_UNREACHABLE: exitCodes.environment,
  CLUSTER_UNAUTHORIZED: exitCodes.environment,
  CLUSTER_UNSUITABLE: exitCodes.environment,
};

/** The exit code that stands for a failure. */
export function exitCodeOf(error: unknown): number {
  return error instanceof NightglassError
    ? (byCode[error.code] ?? exitCodes.failed)
    : exitCodes.failed;
}
