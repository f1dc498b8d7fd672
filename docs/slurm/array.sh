#!/bin/bash
# The arms of a study on SLURM: as many jobs as the array has, each with every n-th arm. See docs/scaling.md.
#
#   first=$(sbatch --parsable --gpus=1 --wrap "clpipe worker --prepare")
#   arms=$(sbatch --parsable --dependency=afterok:$first docs/slurm/array.sh)
#   sbatch --dependency=afterany:$arms --wrap "make repro ARGS=--pull"
#
# Start it in the project's folder, which all nodes read, with its environment activated and a DVC remote that all
# nodes reach. A job that was stopped is put back and does what the store does not have yet.
#SBATCH --job-name=clpipe
#SBATCH --array=1-8
#SBATCH --gpus-per-task=1
#SBATCH --cpus-per-task=4
#SBATCH --mem=16G
#SBATCH --time=08:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=clpipe-%A-%a.log
set -euo pipefail

# Clones and what they fetch: the node's own disk, kept for the other jobs on this node.
export CLPIPE_SCRATCH="${CLPIPE_SCRATCH:-/tmp/clpipe-$(id -u)}"

exec clpipe worker --shard "${SLURM_ARRAY_TASK_ID}/${SLURM_ARRAY_TASK_COUNT}"
