"""Why a plan leaves something out, what would mend it, and how scenarios compare."""
