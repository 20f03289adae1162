//! The files with which a host runs this program: kept here as they are, so that what is written for a user is what the tests
//! run.

use std::path::Path;

use clap::ValueEnum;

/// What runs the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum)]
pub enum Host {
    /// A workflow of GitHub Actions.
    Github,
    /// A file for the pipeline of GitLab to include.
    Gitlab,
    /// The configuration of an Atlantis server.
    Atlantis,
    /// A hook and a plan policy for Spacelift.
    Spacelift,
    /// A hook for pre-commit.
    PreCommit,
    /// A steps template for Azure Pipelines.
    Azure,
    /// A Jenkinsfile.
    Jenkins,
    /// A script that plans all units and checks them together.
    Terragrunt,
    /// A script that checks the plan of a run of HCP Terraform.
    Hcp,
}

/// A file that is written for a host.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Where it belongs, below the top of the repository, with `/` on every platform.
    pub path: &'static str,
    template: &'static str,
}

impl File {
    /// What stands in it.
    pub fn text(&self) -> String {
        // Git for Windows may have given the source line ends that no shell understands.
        self.template.replace("\r\n", "\n").replace("@VERSION@", env!("CARGO_PKG_VERSION"))
    }
}

impl Host {
    /// What is written for it.
    pub fn files(self) -> &'static [File] {
        match self {
            Self::Github => {
                &[File { path: ".github/workflows/oacguard.yml", template: include_str!("github/workflow.yml") }]
            }
            Self::Gitlab => &[File {
                path: ".gitlab/oacguard.gitlab-ci.yml",
                template: include_str!("gitlab/oacguard.gitlab-ci.yml"),
            }],
            Self::Atlantis => &[File { path: "atlantis-repos.yaml", template: include_str!("atlantis/repos.yaml") }],
            Self::Spacelift => &[
                File { path: ".spacelift/config.yml", template: include_str!("spacelift/config.yml") },
                File { path: ".spacelift/oacguard.rego", template: include_str!("spacelift/plan.rego") },
            ],
            Self::PreCommit => {
                &[File { path: ".pre-commit-config.yaml", template: include_str!("pre-commit/config.yaml") }]
            }
            Self::Azure => {
                &[File { path: ".azure-pipelines/oacguard.yml", template: include_str!("azure/oacguard.yml") }]
            }
            Self::Jenkins => &[File { path: "Jenkinsfile", template: include_str!("jenkins/Jenkinsfile") }],
            Self::Terragrunt => {
                &[File { path: "oacguard-terragrunt.sh", template: include_str!("terragrunt/oacguard-terragrunt.sh") }]
            }
            Self::Hcp => &[File { path: "oacguard-hcp.sh", template: include_str!("hcp/oacguard-hcp.sh") }],
        }
    }

    /// What is left to do by hand, a line each.
    pub fn left_to_do(self) -> &'static [&'static str] {
        match self {
            Self::Github => &[
                "set TERRAFORM_ROOT in it, and give Terraform credentials to plan with where it says so",
                "require the check `oacguard` on the branch that is protected",
            ],
            Self::Gitlab => &[
                "add to .gitlab-ci.yml, below `include:`",
                "    - local: .gitlab/oacguard.gitlab-ci.yml",
                "set OACGUARD_TERRAFORM_ROOT, and give Terraform credentials to plan with",
                "for a note in the merge request, set OACGUARD_NOTE_TOKEN",
            ],
            Self::Atlantis => &[
                "merge it into the file that the server reads with --repo-config, and start it with --enable-policy-checks",
                "put oacguard on the PATH of the server",
                "name who may approve a plan that is blocked, as owners",
            ],
            Self::Spacelift => &[
                "put oacguard into the runner image",
                "make a policy of type PLAN, in Rego v1, of .spacelift/oacguard.rego, and attach it to the stacks; it denies what \
                 blocks, but on tracked runs, which wait for somebody to confirm them, it warns",
            ],
            Self::PreCommit => &["put oacguard on PATH, and run `pre-commit install`"],
            Self::Azure => &[
                "add to the pipeline, after the step that plans",
                "    - template: /.azure-pipelines/oacguard.yml",
                "      parameters:",
                "        plan: $(Agent.TempDirectory)/tfplan.json",
            ],
            Self::Jenkins => &["set TERRAFORM_ROOT in it, and give Terraform credentials to plan with"],
            Self::Terragrunt => &["let CI run `bash oacguard-terragrunt.sh` where it would plan every unit"],
            Self::Hcp => &["let CI run `bash oacguard-hcp.sh RUN` once the run is planned, with a token in TF_TOKEN"],
        }
    }

    /// The files and folders by which a repository shows that it is run by this host.
    fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Github => &[".github"],
            Self::Gitlab => &[".gitlab-ci.yml"],
            Self::Atlantis => &["atlantis.yaml", "atlantis.yml"],
            Self::Spacelift => &[".spacelift"],
            Self::PreCommit => &[".pre-commit-config.yaml"],
            Self::Azure => &["azure-pipelines.yml", ".azure-pipelines"],
            Self::Jenkins => &["Jenkinsfile"],
            Self::Terragrunt => &["terragrunt.hcl", "root.hcl"],
            // A `cloud` block stands somewhere in the configuration, which is not read for this.
            Self::Hcp => &[],
        }
    }

    /// The hosts of which `directory` shows signs.
    pub fn guess(directory: &Path) -> Vec<Self> {
        let shown = |host: &Self| host.signs().iter().any(|sign| directory.join(sign).exists());
        Self::value_variants().iter().copied().filter(shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_gets_files_and_is_told_what_is_left_to_do() {
        for host in Host::value_variants() {
            assert!(!host.files().is_empty() && !host.left_to_do().is_empty(), "{host:?}");
            for file in host.files() {
                assert!(!file.text().contains("@VERSION@") && file.text().ends_with('\n'), "{}", file.path);
            }
        }
    }

    #[test]
    fn hosts_are_known_by_their_files() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Host::guess(folder.path()), []);
        std::fs::write(folder.path().join("Jenkinsfile"), "").unwrap();
        assert_eq!(Host::guess(folder.path()), [Host::Jenkins]);
        std::fs::create_dir(folder.path().join(".github")).unwrap();
        assert_eq!(Host::guess(folder.path()), [Host::Github, Host::Jenkins]);
    }
}
