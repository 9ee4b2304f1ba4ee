/** Whether an action is decided by the trust policy of a role. */
export function isAssuming(action: string): boolean {
  return /^sts:(?:assumerole|tagsession|setsourceidentity)/iu.test(action);
}

/**
 * Keys and roles are used by nobody whom their own policy does not let, the own account's roles neither.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html
 */
export function isGated(action: string, resource: string): boolean {
  return isAssuming(action) || (/^kms:/iu.test(action) && /:key\/[^/]+$/u.test(resource));
}

/**
 * A file system without a policy lets in whoever reaches it.
 * @see https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html#default-filesystempolicy
 */
export function isOpenWithoutPolicy(action: string, resource: string): boolean {
  return canBeOpen(action) && /:file-system\/[^/]+$/u.test(resource);
}

/** Whether there are resources that let everybody do this where nobody wrote a policy. */
export function canBeOpen(action: string): boolean {
  return /^elasticfilesystem:client/iu.test(action);
}
