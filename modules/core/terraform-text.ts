/**
 * Text of a user as Terraform takes it literally: `${` and `%{` begin an expression there.
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function terraformText(text: string): string {
  return text.replace(/([$%])\{/gu, "$1$1{");
}
