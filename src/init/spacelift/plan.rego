# A plan policy for Spacelift: denies what oacguard blocks. A stand-in.
package spacelift

deny contains "oacguard has not looked at this plan" if not input.third_party_metadata.custom.oacguard
