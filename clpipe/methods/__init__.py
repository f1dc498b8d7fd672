"""Adaptation methods, one file each: what may change in the model, and how it starts.

A method file ends in `METHOD = Class`, a frozen dataclass whose fields are its options, with

    identity_at_start: ClassVar[bool]
        whether the untrained adapter leaves the model's replies as they are
    attach(network, folder) -> PeftModel
        put the adapter on the network; called inside a fence, so torch's generator may be used
"""
