import type { Grant } from "../iam";

/**
 * Pull one image: log in to the registry, and read the layers of the repository.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html
 */
export function pullImage(repositoryArn: string, from: string): Grant[] {
  const why = "pull its image";
  return [
    {
      id: "RegistryLogin",
      actions: ["ecr:GetAuthorizationToken"],
      resources: { any: true, reason: "no-resource-types" },
      why,
      from,
    },
    {
      id: "PullImage",
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
      ],
      resources: [repositoryArn],
      why,
      from,
    },
  ];
}
