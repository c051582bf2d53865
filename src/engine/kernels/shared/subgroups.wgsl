// Stands first in the text of a kernel that talks across a subgroup: WGSL wants its directives before all else.
enable subgroups;
